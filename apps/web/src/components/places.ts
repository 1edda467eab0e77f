/** The pages of the rail; `g` and then the letter goes there. */
export const places = [
  { to: "/", name: "Runs", key: "r" },
  { to: "/compare", name: "Compare", key: "c" },
  { to: "/schedules", name: "Schedules", key: "l" },
  { to: "/studies", name: "Studies", key: "s" },
  { to: "/learn", name: "Learn", key: "a" },
  { to: "/data", name: "Data", key: "d" },
  { to: "/settings", name: "Settings", key: "e" },
] as const;

/** Pages that stand within or beside one of the rail. */
export const morePages = [
  { to: "/submit", name: "New run" },
  { to: "/learn", name: "Which schedule next?" },
  { to: "/learn/policies", name: "Policies" },
  { to: "/data", name: "Uploads" },
] as const;
