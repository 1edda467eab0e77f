import { expect, test } from "vitest";
import { hostAllowed, hostNameOf, isLoopbackName, isOwnOrigin } from "../src/access/origin.ts";

test.each([
  ["localhost:4800", "localhost"],
  ["LOCALHOST", "localhost"],
  ["[::1]:4800", "::1"],
  ["127.0.0.1", "127.0.0.1"],
  ["etude.example:443", "etude.example"],
  ["", ""],
  ["[", ""],
])("the name in %j is %j", (host, name) => {
  expect(hostNameOf(host)).toBe(name);
});

test("loopback names are those of this machine only", () => {
  for (const name of ["localhost", "etude.localhost", "127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"])
    expect(isLoopbackName(name), name).toBe(true);
  for (const name of ["127.evil.example", "localhost.evil.example", "notlocalhost", "0.0.0.0", "10.0.0.1", ""])
    expect(isLoopbackName(name), name).toBe(false);
});

const publicUrl = "https://etude.example";

test.each([
  ["localhost:4800", undefined, true],
  ["127.0.0.1:4800", undefined, true],
  ["[::1]:4800", undefined, true],
  ["192.168.1.7:4800", undefined, true],
  ["evil.example", undefined, false],
  ["127.0.0.1.evil.example", undefined, false],
  ["etude.example", undefined, false],
  ["etude.example", publicUrl, true],
  ["ETUDE.example", publicUrl, true],
  ["etude.example:81", publicUrl, false],
  [undefined, publicUrl, false],
  ["", publicUrl, false],
])("Host %j with public URL %j: %j", (host, url, allowed) => {
  expect(hostAllowed(host, url)).toBe(allowed);
});

test.each([
  ["http://localhost:4800", "localhost:4800", undefined, true],
  ["http://localhost:3000", "localhost:4800", undefined, false],
  ["http://evil.example", "localhost:4800", undefined, false],
  ["null", "localhost:4800", undefined, false],
  ["https://etude.example", "10.0.0.5:4800", publicUrl, true],
  ["https://etude.example.evil", "etude.example", publicUrl, false],
])("Origin %j at Host %j with public URL %j: %j", (origin, host, url, allowed) => {
  expect(isOwnOrigin(origin, host, url)).toBe(allowed);
});
