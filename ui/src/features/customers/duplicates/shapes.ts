/** Pairs that may be the same, as the server tells of them. */

import type { Customer } from "../shapes";

export const reasons = ["proven", "identity", "phone", "name", "born", "address"] as const;
export type Reason = (typeof reasons)[number];

export interface Pair {
  a: Customer;
  b: Customer;
  score?: number;
  why?: Reason[];
  put_off?: number;
  /** Of those who are said not to be the same. */
  at?: number;
}

export interface Whole extends Customer {
  born: string;
  created_at: number;
  addresses: { text: string }[];
  consents: { purpose: string; medium: string; given: boolean }[];
  notes: { id: string; text: string; pinned: boolean }[];
  calls_year?: number;
  last_contact_at?: number | null;
}

export interface Compared {
  a: Whole;
  b: Whole;
  merged: { a: Whole; b: Whole };
  why: Reason[];
  score: number;
}

export interface Desk {
  items: Pair[];
  next: string | null;
  counts: { open: number; distinct: number };
  sweep: { running: boolean; ended_at: number | null; full: boolean };
}

export const keyOf = (pair: { a: { id: string }; b: { id: string } }) => `${pair.a.id} ${pair.b.id}`;
