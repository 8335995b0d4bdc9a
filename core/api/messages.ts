// What the daemon and the thread that serves tell each other.
import type { ListenAddress } from "../config/listen.ts";

export interface OpenRequest {
  kind: "open";
  listen: ListenAddress;
  token: string | null;
  path: string;
  version: string;
  /** Requests a second from one address. */
  rate: number;
}

export interface Page {
  body: string;
  contentType: string;
}

export type ToThread =
  | OpenRequest
  /** The last look at node and validators, as JSON. */
  | { kind: "report"; json: string }
  /** Null: it could not be made. */
  | { kind: "metrics"; id: number; page: Page | null }
  | { kind: "close" };

export type FromThread =
  | { kind: "serving"; url: string }
  | { kind: "failed"; message: string }
  /** Wants the metrics, which the daemon alone can tell; an answer shows that it is alive. */
  | { kind: "want-metrics"; id: number }
  | { kind: "closed" };
