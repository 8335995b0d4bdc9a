// What a method is to the server.
import type { Node } from "../node.ts";

export type Params = readonly unknown[];

export interface Method {
  /** Refused unless the node runs with unsafe methods. */
  unsafe?: boolean;
  /** Absent from runtimes that do not have it. */
  available?(node: Node): boolean;
  /** JSON of the result; throws RpcError. */
  answer(node: Node, params: Params): string;
}

export type Methods = Record<string, Method>;

/** A method whose result is plain data. */
export function plain(answer: (node: Node, params: Params) => unknown): Method {
  return { answer: (node, params) => JSON.stringify(answer(node, params)) };
}

export function unsafe(method: Method): Method {
  return { ...method, unsafe: true };
}

export function bestSpec(node: Node): number {
  return node.chain.best.state.specVersion;
}
