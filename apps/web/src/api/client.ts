import { createClient } from "@etude/sdk";

/** The API is served from where the dashboard is; the session cookie authenticates. */
export const serverUrl = window.location.origin;

export const client = createClient({ url: serverUrl });
