export function Floor() { return null; }
