// What an operator needs to know, by topic. Lines with four spaces in front are commands; a test reads them.

export interface Topic {
  name: string;
  title: string;
  text: string;
}

export const TOPICS: readonly Topic[] = [
  {
    name: "not-producing",
    title: "My validator makes no blocks",
    text: `A block is made in a slot of 6 seconds. Each slot belongs to one seat of the
committee, so a validator makes blocks only while it has seats, and no more
than its share of them. With few seats, an hour without a block may be chance.
Look from the outside in:

1. Is it our turn at all? Which slots are ours, and when is the next one:
    mvm schedule
   No slot of ours in this epoch: we are not in the committee.
   See: mvm guide registration

2. Were slots of ours missed? Each one is named, with its time:
    mvm query performance --ours
   Expected and missed blocks are counted from the chain itself. Missed is a
   slot that came to us and has no block; orphaned is a block of ours that was
   made and lost against another.

3. Is the node all right? Peers, synchronisation, finality, keys, clock:
    mvm status --once --explain
   A node that still synchronises, or has no peers, makes no blocks that
   count.

4. Can the node sign? The key of the committee must be in its keystore, and
   the node must run as a validator:
    mvm keys verify
   See: mvm guide keys

5. Is the clock right? A slot is a time: a clock some seconds off makes blocks
   that come too late. On the machine: timedatectl

6. Does the node see Cardano? It reads candidates from its own db-sync. When
   that lags or is away, the node falls out of step; its log names the data
   source.

Then the node's log: "Prepared block for proposing" says that it tried.`,
  },
  {
    name: "registration",
    title: "Am I a candidate, and am I seated?",
    text: `Four things that are easily taken for one another:

  permissioned  the network's operator lists the validator; stake is not asked
  registered    a stake pool has registered its keys in a transaction on Cardano
  valid         the node finds nothing wrong with it: signatures, keys, stake
  seated        the committee of this epoch holds at least one seat of ours

Only a seat makes blocks. Being registered and valid is a ticket in a draw:
seats are drawn anew for every epoch, weighted by stake, and one validator may
hold several, or none.

    mvm status --once
    mvm keys verify

A registration counts two Cardano epochs later: what was sent in epoch n can
be seated from n+2 on. Whoever has just registered or changed keys waits that
long before anything is wrong.

Invalid? The reason is the node's own word. InvalidStake or UnknownStake: the
pool has no stake that counts yet. A signature: the registration was made with
other keys than it names. InvalidAccountKeys: the keys do not have the right
form.

How seats and blocks went in the epochs before:
    mvm query performance --ours`,
  },
  {
    name: "peers",
    title: "Few peers, or none",
    text: `Without peers a node hears of no block and its own reach nobody.

    mvm status --once

1. Are connections let in? The peer-to-peer port is 30333 unless the node was
   told otherwise. It must be open in the firewall and forwarded by the
   router, for TCP. Without that the node has only the connections it opens
   itself.

2. Is the address right? A node behind a router should be told its public
   address (--public-addr). With view.expected_ip set, the status check
   compares what the node says of itself.

3. Right network? Nodes of another chain, or of another genesis after a reset,
   do not stay connected. Name the network in the configuration
   (chain.network) and mvm refuses a node of another one.

4. Bootnodes: a fresh node finds the others through them. They are part of the
   chain specification; an old specification may name some that are gone.

The port for requests, 9944, is for you and not for the world. mvm needs its
safe methods only: nothing here asks you to open unsafe ones.`,
  },
  {
    name: "memory",
    title: "Memory and disk",
    text: `mvm itself is small: a row of under 80 bytes for each block, one file. How
much it is:
    mvm query stats

Low disk space stops the database before it harms it: mvm-sync says so, exits
with 74, and goes on where it was once there is room. What it had written
stays whole.

The node is the large one. Its memory grows with peers, with its state cache
and with archived state; keeping the state of every block needs far more disk
than the usual 256 blocks. mvm does not need an archive node: authors follow
from block headers, which no node throws away.

Figures of the machine, where node_exporter runs, are part of the status
check: set rpc.node_exporter_url. On the machine itself: free -h, df -h,
journalctl -k -g "out of memory"

A node that was killed for want of memory comes back behind and makes no
blocks until it has caught up:
    mvm status --once`,
  },
  {
    name: "keys",
    title: "Three keys, and where they must be",
    text: `A validator has three, each for one purpose. So begins each one's file name:

  63726368 (crch)  sidechain, ecdsa, 33 bytes: who it is in registrations
  61757261 (aura)  aura, sr25519, 32 bytes: signs the blocks it makes
  6772616e (gran)  grandpa, ed25519, 32 bytes: votes on what is final

They lie in the node's keystore, one file each. The file's name holds the
public key, its content the secret. mvm reads names and never contents:
    mvm keys show --keystore /path/to/chains/NETWORK/keystore

What must agree: the keystore, the registration or the list of permissioned
candidates, and the committee. All three at once:
    mvm keys verify

Several files of one kind are normal after a change of keys. The one that
counts is the one the chain knows; a file the chain does not know does no
harm, but a registration that names a key which is in no keystore makes no
blocks.

A node asked with unsafe methods could say which keys it holds. Where it only
answers safe ones this is shown as hidden, which is not a fault. Never let two
nodes run with the same aura key: both would sign for one slot.`,
  },
  {
    name: "setup",
    title: "From nothing to a watched validator",
    text: `1. Write a configuration, and name the node, the database and the keystore in
   it:
    mvm config init
    mvm config validate
   Every key can be a variable or an option as well; which one counted says:
   mvm config show

2. Follow the node. The first run reads the whole chain, thousands of blocks a
   second:
    mvm sync
   It may be stopped at any time and goes on where it was. As a service it
   runs as mvm-sync.service.

3. See what there is:
    mvm query stats
    mvm query performance --ours

4. Check the node, and let a timer check it. Exit codes are those of
   monitoring plugins: 0 all right, 1 warning, 2 critical, 3 unknown:
    mvm status --once

5. Watch:
    mvm view

6. Let it tell you. Name a channel in the configuration, then send a test:
    mvm alerts test

7. Completion in your shell:
    mvm completions bash

A node is asked by ws://localhost:9944 unless told otherwise. Safe methods are
enough, and a pruned node is enough.`,
  },
];
