// A chain's name against the network an operator named.
import { expect, test } from "bun:test";

import { isOfNetwork } from "../../../core/chain/networks.ts";

test.each([
  ["Midnight Preview", "preview"],
  ["Midnight Preview", "Preview "],
  ["Midnight Preview", "testnet"],
  ["Midnight Preview", "testnet-02"],
  ["Midnight Testnet-02", "testnet"],
  ["Midnight Preprod", "preprod"],
  ["Midnight Preprod", "pre-prod"],
  ["Midnight Mainnet", "mainnet"],
  ["Midnight Mainnet", "main"],
  ["Midnight Mainnet", "midnight mainnet"],
  ["Midnight Devnet", "Midnight Devnet"],
  ["Midnight Devnet", "devnet"],
  ["my chain", "My Chain"],
  ["preview", "preview"],
])("%s is of %s", (chain, network) => {
  expect(isOfNetwork(chain, network)).toBe(true);
});

test.each([
  ["Midnight Preview", "preprod"],
  ["Midnight Preview", "mainnet"],
  ["Midnight Mainnet", "preview"],
  ["Midnight Testnet-02", "preview"],
  ["Midnight Mainnet 2", "mainnet"],
  ["Not Midnight Mainnet", "main"],
  ["Midnight Devnet", "constructor"],
  ["", "mainnet"],
])("%s is not of %s", (chain, network) => {
  expect(isOfNetwork(chain, network)).toBe(false);
});
