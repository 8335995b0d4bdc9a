// Completion for bash and zsh: one walk over the words typed, one table of what may follow; no process per Tab.
import type { CommandTree, Flag, Value } from "./_command.ts";
import type { Place } from "./_complete.ts";
import { listExecutables, listFlagsAnywhere, listPlaces, quote } from "./_complete.ts";

/** Finds `path` and, behind it, what the word before the cursor wants. Both shells read it alike. */
const WALK = `  # Not \`path\`: in zsh that is PATH.
  local place word expects=none
  place="$(_mvm_root "\${1##*/}")"
  shift
  for word in "$@"; do
    if [[ $expects != none ]]; then expects=none; continue; fi
    case $word in
      --) expects=@any; break ;;
      --*=*) ;;
      -*) expects="$(_mvm_value "$place" "$word")" ;;
      *) if _mvm_child "$place" "$word"; then place="$place $word"; fi ;;
    esac
  done
  _mvm_path=$place
  _mvm_expects=$expects`;

export function formatBash(tree: CommandTree): string {
  const places = listPlaces(tree);
  const names = ["mvm", ...listExecutables(tree).map(({ name }) => name)];
  return `# bash completion for mvm; load it with: source <(mvm completions bash)
${formatTables(tree, places)}
_mvm_offers() {
  case $1 in
${places.map((place) => `    ${quote(place.path)}) REPLY=${quote(offers(place).join(" "))} ;;`).join("\n")}
    *) REPLY='' ;;
  esac
}

_mvm_complete() {
  local cur=\${COMP_WORDS[COMP_CWORD]} words=() i word _mvm_path _mvm_expects REPLY
  # Readline cuts words at "=": put \`--flag=value\` together again.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == "=" && \${#words[@]} -gt 0 ]]; then
      words[\${#words[@]}-1]+="="
      if ((i + 1 < COMP_CWORD)); then words[\${#words[@]}-1]+=\${COMP_WORDS[++i]}; fi
    else
      words+=("$word")
    fi
  done
  if [[ $cur == "=" ]]; then
    cur=""
  elif [[ \${COMP_WORDS[COMP_CWORD-1]} == "=" && \${#words[@]} -gt 0 ]]; then
    words[\${#words[@]}-1]=\${words[\${#words[@]}-1]%=}
  fi
  _mvm_walk "\${COMP_WORDS[0]}" "\${words[@]}"
  COMPREPLY=()
  if [[ $_mvm_expects == none && $cur != -* ]]; then
    _mvm_offers "$_mvm_path"
    local commands=() offer
    for offer in $REPLY; do [[ $offer == -* ]] || commands+=("$offer"); done
    _mvm_expects="$(_mvm_argument "$_mvm_path") \${commands[*]}"
  elif [[ $_mvm_expects == none ]]; then
    _mvm_offers "$_mvm_path"
    _mvm_expects=$REPLY
  fi
  case $_mvm_expects in
    *@file*) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    *@folder*) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
    *@any*) ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$_mvm_expects" -- "$cur") ;;
  esac
}

complete -F _mvm_complete ${names.join(" ")}
`;
}

export function formatZsh(tree: CommandTree): string {
  const places = listPlaces(tree);
  const names = ["mvm", ...listExecutables(tree).map(({ name }) => name)];
  return `#compdef ${names.join(" ")}
# zsh completion for mvm; as _mvm in a folder of $fpath, or: source <(mvm completions zsh)
${formatTables(tree, places)}
_mvm_describe() {
  local -a commands options
  case $1 in
${places.map(formatDescriptions).join("\n")}
  esac
  if [[ $PREFIX == -* ]]; then _describe -o option options
  elif (( \${#commands} )); then _describe command commands
  else _mvm_offer "$(_mvm_argument "$1")"
  fi
}

_mvm_offer() {
  case $1 in
    @file) _files ;;
    @folder) _files -/ ;;
    @any | '') ;;
    *) compadd -- \${=1} ;;
  esac
}

_mvm() {
  local _mvm_path _mvm_expects
  _mvm_walk "\${words[1]}" "\${(@)words[2,CURRENT-1]}"
  if [[ $_mvm_expects != none ]]; then _mvm_offer "$_mvm_expects"
  elif [[ $PREFIX == --*=* ]]; then
    local flag=\${PREFIX%%=*}
    compset -P '*='
    _mvm_offer "$(_mvm_value "$_mvm_path" "$flag")"
  else _mvm_describe "$_mvm_path"
  fi
}

if [[ \${funcstack[1]-} == _mvm ]]; then _mvm "$@"; else compdef _mvm ${names.join(" ")}; fi
`;
}

/** Four small functions over the tree: whose word it is, its sub-commands, its options' values, its argument's. */
function formatTables(tree: CommandTree, places: readonly Place[]): string {
  const roots = listExecutables(tree).map(
    ({ name, path }) => `    ${name}) echo ${quote(path)} ;;`,
  );
  const children = places.flatMap(({ path, commands }) =>
    commands.map(({ name }) => quote(`${path}|${name}`)),
  );
  const values = places.flatMap(({ path, flags }) => flags.map((flag) => valueCase(path, flag)));
  // An option that stands before the sub-command it belongs to.
  const anywhere = [...listFlagsAnywhere(places)].map(([name, flag]) =>
    valueCase("*", { ...flag, names: [name] }),
  );
  const arguments_ = places
    .filter(({ argument }) => argument !== null)
    .map(({ path, argument }) => `    ${quote(path)}) echo ${quote(kindOf(argument))} ;;`);
  return `_mvm_root() {
  case $1 in
${[...roots, "    *) echo mvm ;;"].join("\n")}
  esac
}

_mvm_child() {
  case "$1|$2" in
    ${children.join(" | ")}) return 0 ;;
    *) return 1 ;;
  esac
}

_mvm_value() {
  case "$1|$2" in
${[...values, ...anywhere].join("\n")}
    *) echo none ;;
  esac
}

_mvm_argument() {
  case $1 in
${[...arguments_, "    *) echo '' ;;"].join("\n")}
  esac
}

_mvm_walk() {
${WALK}
}
`;
}

function valueCase(path: string, { names, value }: Flag): string {
  const start = path === "*" ? "*'|'" : quote(`${path}|`);
  const patterns = names.map((name) => `${start}${quote(name)}`).join(" | ");
  return `    ${patterns}) echo ${value === null ? "none" : quote(kindOf(value))} ;;`;
}

/** `@file`, `@folder`, `@any`, or the words there are. */
function kindOf(value: Value | null): string {
  if (value === null) return "";
  if (value.path !== null) return `@${value.path}`;
  return value.choices.length > 0 ? value.choices.join(" ") : "@any";
}

function offers({ commands, flags }: Place): string[] {
  return [...commands.map(({ name }) => name), ...flags.flatMap(({ names }) => names)];
}

function formatDescriptions({ path, commands, flags }: Place): string {
  const list = (rows: readonly (readonly [string, string])[]): string =>
    rows.map(([name, about]) => quote(`${name.replaceAll(":", "\\:")}:${about}`)).join(" ");
  const options = flags.flatMap(({ names, about }) => names.map((name) => [name, about] as const));
  return `    ${quote(path)})
      commands=(${list(commands.map(({ name, about }) => [name, about] as const))})
      options=(${list(options)}) ;;`;
}
