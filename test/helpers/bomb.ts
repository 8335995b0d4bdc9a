// Preloaded into a program under test: some time after its start it throws out of nowhere.
if (Bun.isMainThread && process.stdout.isTTY) {
  setTimeout(() => {
    throw new Error("the bomb went off");
  }, 3000);
}
