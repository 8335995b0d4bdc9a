#!/usr/bin/env bun
// mvm guide: short texts for operators, by topic.
import { defineCommand } from "citty";

import { nearest, usage } from "./_arguments.ts";
import { colours } from "./_colour.ts";
import { TOPICS } from "./_guide-text.ts";
import { runAsScript, VERSION } from "./_main.ts";
import { formatPairs, openScreen, writeOut } from "./_output.ts";

const NAMES = [...TOPICS.map(({ name }) => name), "list"];

export const guideCommand = defineCommand({
  meta: {
    name: "mvm-guide",
    version: VERSION,
    description: "What to look at, by topic.",
    examples: [
      { line: "", does: "list the topics" },
      { line: "not-producing", does: "what to look at when no blocks come" },
    ],
  },
  args: {
    topic: {
      type: "positional",
      default: "list",
      valueHint: NAMES.join("|"),
      description: `one of ${NAMES.join(", ")}`,
    },
    json: { type: "boolean", default: false, description: "JSON instead of text" },
  },
  run: async ({ args }) => {
    if (args.topic === "list") {
      const list = TOPICS.map(({ name, title }) => ({ name, title }));
      const pairs = list.map(({ name, title }) => [name, title] as const);
      await writeOut(
        args.json
          ? JSON.stringify(list, null, 2)
          : `${formatPairs(pairs, openScreen())}\n\nmvm guide TOPIC prints one.`,
      );
      return 0;
    }
    const topic = TOPICS.find(({ name }) => name === args.topic);
    if (topic === undefined) throw usage(`no guide to ${args.topic}`, nearest(args.topic, NAMES));
    await writeOut(
      args.json ? JSON.stringify(topic, null, 2) : formatTopic(topic.title, topic.text),
    );
    return 0;
  },
});

function formatTopic(title: string, text: string): string {
  const { bold, cyan } = colours(process.stdout);
  const lines = text.split("\n").map((line) => (line.startsWith("    ") ? cyan(line) : line));
  return [bold(title), "", ...lines].join("\n");
}

if (import.meta.main) await runAsScript(guideCommand);
