/** The demo's gateway counts no tokens for requests to this host. */
export const UNLIMITED_HOST = "unlimited.example.com";
