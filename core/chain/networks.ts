// Which network a node says it is on, by the names operators use for the public ones.

/**
 * What an operator may call a public network → what its chain is called after "Midnight". The Rust tool took
 * `testnet` for preview's other name; the network of that name is no more, and preview is where its users went.
 */
const PUBLIC: Record<string, readonly string[]> = {
  preview: ["preview"],
  testnet: ["preview", "testnet", "testnet-02"],
  "testnet-02": ["preview", "testnet", "testnet-02"],
  preprod: ["preprod"],
  "pre-prod": ["preprod"],
  mainnet: ["mainnet"],
  main: ["mainnet"],
};

/**
 * Whether a chain's name (`system_chain`) is of the network an operator named: "Midnight Preview" is of
 * `preview`. Any other text must be the chain's name too, with or without "Midnight", in any case.
 */
export function isOfNetwork(chainName: string, wanted: string): boolean {
  const [name, network] = [normalise(chainName), normalise(wanted)];
  if (name === network) return true;
  const chains = (Object.hasOwn(PUBLIC, network) ? PUBLIC[network] : undefined) ?? [network];
  return chains.some((chain) => name === chain || name === `midnight ${chain}`);
}

function normalise(text: string): string {
  return text.trim().toLowerCase();
}
