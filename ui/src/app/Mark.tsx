export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="4 6 24 22" fill="none" aria-hidden>
      <path d="M8 19v-3a8 8 0 0 1 16 0v3" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" />
      <rect x="6.4" y="17.5" width="4.6" height="7.5" rx="2.1" fill="currentColor" />
      <rect x="21" y="17.5" width="4.6" height="7.5" rx="2.1" fill="currentColor" />
      <path d="M13.5 21.5v2M16 19v7M18.5 21.5v2" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
    </svg>
  );
}
