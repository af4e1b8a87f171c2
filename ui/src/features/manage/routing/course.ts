/** How what a visit needs changes while it waits, by its queue's configuration: as `core/relaxation.py` does. Pure. */

export const media = ["voice", "chat", "mail", "sms", "social"] as const;
export const strategies = ["longest_idle", "least_occupied", "fewest_contacts", "fair_round", "best_fit"] as const;

export interface Step {
  after_s: number;
  lower: Record<string, number>;
  sites: string[];
  all_sites: boolean;
  priority_s: number;
  anyone: boolean;
}

export interface Stage {
  /** Seconds since first arrival. */
  at_s: number;
  /** Level needed by skill; 0: not any more. A skill that only rules bring: the most that they may ask from now. */
  levels: Record<string, number>;
  /** Sites beside the customer's own; null: all. */
  sites: string[] | null;
  /** Seconds that the visit is worth. */
  worth_s: number;
  anyone: boolean;
}

export const freshStep = (after_s: number): Step => ({
  after_s,
  lower: {},
  sites: [],
  all_sites: false,
  priority_s: 0,
  anyone: false,
});

export function course(requires: Record<string, number>, priority_s: number, siteRule: string, steps: Step[]): Stage[] {
  let stage: Stage = {
    at_s: 0,
    levels: { ...requires },
    sites: siteRule === "home" ? [] : null,
    worth_s: priority_s,
    anyone: false,
  };
  const stages = [stage];
  for (const step of steps) {
    const levels = { ...stage.levels };
    for (const [skill, enough] of Object.entries(step.lower)) levels[skill] = Math.min(levels[skill] ?? enough, enough);
    stage = {
      at_s: step.after_s,
      levels,
      sites: stage.sites === null || step.all_sites ? null : [...new Set([...stage.sites, ...step.sites])],
      worth_s: stage.worth_s + step.priority_s,
      anyone: stage.anyone || step.anyone,
    };
    stages.push(stage);
  }
  return stages;
}
