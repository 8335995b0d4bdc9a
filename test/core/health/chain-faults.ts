// Faults and changes of the chain itself.
import type { World } from "../../helpers/health-world.ts";
import type { Fault } from "./fault-list.ts";

/** Forks until a block of the watched validator is on a branch that lost. */
async function loseOwnBlock(world: World): Promise<void> {
  const { devnet, index } = world;
  const { aura } = devnet.validator(index);
  const isLost = (): boolean =>
    devnet.truth().orphans.some(({ author, number }) => author === aura && number <= final());
  const final = (): number => devnet.truth().finalized;
  while (!isLost()) {
    devnet.fork(1);
    await world.follow(6, async () => undefined);
  }
}

export const CHAIN_FAULTS: Fault[] = [
  {
    name: "a block of ours lost its place",
    cause: loseOwnBlock,
    turns: { "validator.orphaned": "warning" },
    code: 1,
  },
  {
    name: "a runtime upgrade is authorized",
    cause: ({ devnet }) => devnet.announceUpgrade({ code: "a runtime to come" }),
    turns: { "chain.upgrade-ahead": "warning" },
    code: 1,
  },
  {
    name: "a runtime upgrade takes effect in nine blocks",
    cause: ({ devnet }) => devnet.announceUpgrade({ blocksLeft: 9 }),
    turns: { "chain.upgrade-ahead": "warning" },
    code: 1,
  },
];
