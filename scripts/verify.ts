// One command for everything that must hold: format, types, lint with layer rules, dead code, tests.
const steps: [name: string, command: string[]][] = [
  ["format", ["bun", "fmt", "--check"]],
  ["types", ["bun", "check"]],
  ["lint", ["bun", "run", "lint"]],
  ["dead code", ["bun", "run", "dead"]],
  ["tests", ["bun", "run", "test", ...process.argv.slice(2)]],
];

for (const [name, command] of steps) {
  process.stderr.write(`\n── ${name}: ${command.join(" ")}\n`);
  // The running bun by its own path: under npx there may be no other on PATH.
  const [program, ...rest] = command;
  const child = Bun.spawn([program === "bun" ? process.execPath : (program ?? ""), ...rest], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const code = await child.exited;
  if (code !== 0) {
    process.stderr.write(`\n✗ ${name} failed (exit ${code})\n`);
    process.exit(code);
  }
}
process.stderr.write("\n✓ all steps passed\n");
