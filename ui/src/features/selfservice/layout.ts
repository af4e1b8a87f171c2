/** Where boxes of a flow stand when it is drawn from top to bottom: layers by the longest way from the start, ways back
 *  left out; within a layer near to what leads there. Pure; 200 nodes take a few milliseconds. */

export interface Edge {
  source: string;
  target: string;
}

export interface Place {
  id: string;
  layer: number;
  /** Of the box: its left upper corner. */
  x: number;
  y: number;
}

export interface Layout {
  places: Map<string, Place>;
  layers: string[][];
  /** Ways that lead up again, or stay: `source target`. */
  back: Set<string>;
  width: number;
  height: number;
}

export const box = { width: 164, height: 58, gapX: 22, gapY: 52 };
const sweeps = 6;

export const keyOf = (edge: Edge) => `${edge.source} ${edge.target}`;

export function layout(start: string, ids: string[], edges: Edge[]): Layout {
  const known = new Set(ids);
  const out = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { source, target } of edges) {
    const targets = out.get(source);
    if (targets && known.has(target) && !targets.includes(target)) targets.push(target);
  }
  const roots = [...(known.has(start) ? [start] : []), ...ids];
  const { order, back } = sorted(roots, out);
  const layer = layered(order, out, back);
  const layers: string[][] = [];
  for (const id of order) (layers[layer.get(id) ?? 0] ??= []).push(id);
  arrange(layers, out, back);
  return placed(layers, back);
}

/** Depth first without recursion: an order in which each stands before what follows it, and the ways that turn back. */
function sorted(roots: string[], out: Map<string, string[]>): { order: string[]; back: Set<string> } {
  const state = new Map<string, "open" | "done">();
  const back = new Set<string>();
  const order: string[] = [];
  for (const root of roots) {
    if (state.has(root)) continue;
    const stack: { id: string; next: number }[] = [{ id: root, next: 0 }];
    state.set(root, "open");
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const to = out.get(top.id)?.[top.next++];
      if (to === undefined) {
        state.set(top.id, "done");
        order.unshift(top.id);
        stack.pop();
      } else if (state.get(to) === "open") {
        back.add(keyOf({ source: top.id, target: to }));
      } else if (!state.has(to)) {
        state.set(to, "open");
        stack.push({ id: to, next: 0 });
      }
    }
  }
  return { order, back };
}

function layered(order: string[], out: Map<string, string[]>, back: Set<string>): Map<string, number> {
  const layer = new Map<string, number>();
  for (const id of order) {
    const mine = layer.get(id) ?? 0;
    layer.set(id, mine);
    for (const to of out.get(id) ?? []) {
      if (!back.has(keyOf({ source: id, target: to }))) layer.set(to, Math.max(layer.get(to) ?? 0, mine + 1));
    }
  }
  return layer;
}

/** Each layer by the mean place of its neighbours, down and up in turn. */
function arrange(layers: string[][], out: Map<string, string[]>, back: Set<string>): void {
  const into = new Map<string, string[]>();
  const onto = new Map<string, string[]>();
  for (const [source, targets] of out) {
    for (const target of targets) {
      if (back.has(keyOf({ source, target }))) continue;
      into.set(target, [...(into.get(target) ?? []), source]);
      onto.set(source, [...(onto.get(source) ?? []), target]);
    }
  }
  const at = new Map<string, number>();
  const number = (row: string[]) => row.forEach((id, n) => at.set(id, (n + 0.5) / row.length));
  layers.forEach(number);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const down = sweep % 2 === 0;
    const near = down ? into : onto;
    for (const row of down ? layers : [...layers].reverse()) {
      const wanted = new Map(
        row.map((id) => {
          const others = near.get(id) ?? [];
          return [id, others.length ? others.reduce((sum, it) => sum + (at.get(it) ?? 0), 0) / others.length : (at.get(id) ?? 0)];
        }),
      );
      row.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
      number(row);
    }
  }
}

function placed(layers: string[][], back: Set<string>): Layout {
  const widest = Math.max(1, ...layers.map((row) => row.length));
  const width = widest * (box.width + box.gapX) + box.gapX * 3;
  const places = new Map<string, Place>();
  layers.forEach((row, layer) => {
    const left = (width - row.length * (box.width + box.gapX) + box.gapX) / 2;
    row.forEach((id, n) => {
      places.set(id, { id, layer, x: left + n * (box.width + box.gapX), y: 16 + layer * (box.height + box.gapY) });
    });
  });
  return { places, layers, back, width, height: 16 + layers.length * (box.height + box.gapY) };
}
