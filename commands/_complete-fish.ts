// Completion for fish: one line for each word that may follow, and a function that says where the cursor stands.
import type { CommandTree, Flag, Value } from "./_command.ts";
import { listExecutables, listFlagsAnywhere, listPlaces, quote } from "./_complete.ts";

export function formatFish(tree: CommandTree): string {
  const places = listPlaces(tree);
  const executables = listExecutables(tree);
  const names = ["mvm", ...executables.map(({ name }) => name)];
  const takers = [...listFlagsAnywhere(places)]
    .filter(([, { value }]) => value !== null)
    .map(([name]) => name);
  const children = places.flatMap(({ path, commands }) =>
    commands.map(({ name }) => quote(`${path} ${name}`)),
  );
  const lines = places.flatMap(({ path, commands, flags, argument }) => {
    const start = `complete ${names.map((name) => `-c ${name}`).join(" ")} -n ${quote(`__mvm_at ${quote(path)}`)}`;
    return [
      ...commands.map(({ name, about }) => `${start} -f -a ${quote(name)} -d ${quote(about)}`),
      ...flags.map((flag) => `${start} ${formatFlag(flag)} -d ${quote(flag.about)}`),
      ...(argument === null ? [] : [`${start} ${formatValue(argument)}`]),
    ];
  });
  return `# fish completion for mvm; load it with: mvm completions fish | source
function __mvm_path
    set -l words (commandline -opc)
    set -l path mvm
    switch (basename -- $words[1])
${executables.map(({ name, path }) => `        case ${name}\n            set path ${quote(path)}`).join("\n")}
    end
    set -l skip 0
    for word in $words[2..-1]
        if test $skip -eq 1
            set skip 0
        else if contains -- $word ${takers.join(" ")}
            set skip 1
        else if contains -- "$path $word" ${children.join(" ")}
            set path "$path $word"
        end
    end
    echo $path
end

function __mvm_at
    test (__mvm_path) = "$argv[1]"
end

${names.map((name) => `complete -c ${name} -f`).join("\n")}
${lines.join("\n")}
`;
}

function formatFlag(flag: Flag): string {
  const names = flag.names.map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  return `${names.join(" ")}${flag.value === null ? "" : ` ${formatValue(flag.value, true)}`}`;
}

/** With -x the value must be given and no file names are offered; with -F they are. */
function formatValue({ path, choices }: Value, isOption = false): string {
  if (path === "file") return isOption ? "-r -F" : "-F";
  if (path === "folder") return `-${isOption ? "x" : "f"} -a '(__fish_complete_directories)'`;
  const flag = isOption ? "-x" : "-f";
  return choices.length === 0 ? flag : `${flag} -a ${quote(choices.join(" "))}`;
}
