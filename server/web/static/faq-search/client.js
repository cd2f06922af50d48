// The server's interface: JSON, without cookies, given up when it takes too long.

const TIMEOUT = 15000;

/** Why a call failed. `kind`: gone, slow, busy (429), refused (4xx) or failed (5xx). */
export class CallError extends Error {
  constructor(kind, error, seconds) {
    super(error?.message ?? kind);
    Object.assign(this, { kind, details: error?.details ?? {}, seconds });
  }
}

/** Call `path` and return its JSON; one whose `signal` is aborted never ends in a CallError. */
export async function call(server, lang, path, { body, headers, token, signal } = {}) {
  const limit = new AbortController();
  const stop = () => limit.abort();
  const timer = setTimeout(stop, TIMEOUT);
  signal?.addEventListener("abort", stop);
  try {
    const response = await fetch(new URL(path, server), {
      method: body && "POST",
      headers: {
        "Accept-Language": lang,
        ...(body && { "Content-Type": "application/json" }),
        ...headers,
        ...(token && { Authorization: `Bearer ${token}` }),
      },
      body: body && JSON.stringify(body),
      signal: limit.signal,
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
    });
    const data = await response.json().catch(() => null);
    if (limit.signal.aborted) throw limit.signal.reason;
    if (response.ok && data) return data;
    const { status } = response;
    const kind = status === 429 ? "busy" : status >= 400 && status < 500 ? "refused" : "failed";
    throw new CallError(kind, data?.error, response.headers.get("Retry-After"));
  } catch (error) {
    if (signal?.aborted || error instanceof CallError) throw error;
    throw new CallError(limit.signal.aborted ? "slow" : "gone");
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/**
 * Tell what must not leave the page while it is typed: what may be the beginning of a key or of a
 * recovery phrase. No completion is lost, for no title looks like either.
 */
export function mayBeSecret(text) {
  const words = text.trim().split(/\s+/);
  return (
    /[^\s\p{Script=Han}]{25}/u.test(text) ||
    (words.length > 3 && words.every((word) => /^\p{Script=Han}$/u.test(word))) ||
    (words.length > 4 && words.every((word) => /^(\d+\W)?[a-z]{3,8}$/i.test(word)))
  );
}
