// A cursor in a list whose rows come and go: it stays on its row, not on its line.

export interface ListState {
  /** Key of the selected row; null = the first one, whichever it is. */
  selected: string | null;
  /** Where the selected row was last, for when it vanishes. */
  index: number;
  /** First row shown. */
  top: number;
}

export const AT_START: ListState = { selected: null, index: 0, top: 0 };

/** The state made true for these rows and this height. */
export function settle(state: ListState, keys: readonly string[], height: number): ListState {
  if (keys.length === 0) return { ...state, index: 0, top: 0 };
  const found = state.selected === null ? 0 : keys.indexOf(state.selected);
  // A row that vanished leaves the cursor on the line where it was.
  const index = found === -1 ? Math.min(state.index, keys.length - 1) : found;
  const selected = state.selected === null ? null : (keys[index] ?? null);
  // Rows that came in above move the window with the cursor.
  const shifted = selected === null ? 0 : state.top + index - (found === -1 ? index : state.index);
  const room = Math.max(1, height);
  const within = Math.max(0, Math.min(shifted, keys.length - room));
  const top = Math.max(index - room + 1, Math.min(within, index));
  return { selected, index, top };
}

/** The cursor moved by some rows; stops at the ends. */
export function moveBy(state: ListState, keys: readonly string[], rows: number): ListState {
  if (keys.length === 0) return state;
  const index = Math.max(0, Math.min(keys.length - 1, state.index + rows));
  return { ...state, index, selected: keys[index] ?? null };
}

export function moveTo(state: ListState, keys: readonly string[], key: string): ListState {
  const index = keys.indexOf(key);
  return index === -1 ? state : { ...state, index, selected: key };
}
