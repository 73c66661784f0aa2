export function Logo({ size = 32 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 512 512" aria-hidden="true" class="logo">
      <g fill="none" stroke="currentColor">
        <circle cx="256" cy="256" r="96" stroke-width="28" />
        <circle cx="256" cy="256" r="160" stroke-width="22" opacity=".65" />
        <circle cx="256" cy="256" r="222" stroke-width="16" opacity=".35" />
      </g>
      <circle cx="256" cy="256" r="46" fill="#f2b84b" />
    </svg>
  );
}
