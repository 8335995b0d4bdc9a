// What a seal worker is given and gives back.

export interface SealJob {
  /** What the seal signs. */
  preHash: Uint8Array;
  /** Hex without 0x. */
  seal: string;
  /** Aura key, 0x hex. */
  key: string;
}

export interface SealRequest {
  id: number;
  jobs: readonly SealJob[];
}

export interface SealReply {
  id: number;
  fits: readonly boolean[];
}
