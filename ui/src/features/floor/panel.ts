import type { ComponentType } from "react";

/** The floor is a frame as the desk is: one registration per panel, drawn from top to bottom. */
export interface FloorPanel {
  id: string;
  Panel: ComponentType;
}
