/** The pages of the rail; `g` and then the letter goes there. */
export const places = [
  { to: "/", name: "Runs", key: "r" },
  { to: "/compare", name: "Compare", key: "c" },
  { to: "/schedules", name: "Schedules", key: "l" },
  { to: "/studies", name: "Studies", key: "s" },
  { to: "/settings", name: "Settings", key: "e" },
] as const;
