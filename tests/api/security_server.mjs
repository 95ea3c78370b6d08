// security_server.mjs - what two security servers of X-Road do between a client and a service: hands each call on to the
// service's door, with the gate's secret, and gives the answer back with the headers of the protocol.
import { createHash, randomUUID } from "node:crypto";
import { createServer } from "node:http";

export const GATE = "a-secret-that-only-the-way-knows-0001";

export async function securityServer(doorOf) {
  const calls = [];
  const server = createServer(async (q, r) => {
    const chunks = [];
    for await (const chunk of q) chunks.push(chunk);
    const body = Buffer.concat(chunks), [, , ...parts] = q.url.split("/");
    const service = parts.slice(0, 5).join("/"), rest = "/" + parts.slice(5).join("/");
    const own = Object.fromEntries(["client", "id", "issue"].map((name) => [`X-Road-${name}`, q.headers[`x-road-${name}`]]).filter(([, v]) => v));
    const headers = { ...own, "X-Road-Service": service, "X-Road-Request-Id": randomUUID(), "X-Ostia-Gate": GATE, "Content-Type": q.headers["content-type"] };
    const a = await fetch(doorOf() + rest, { method: q.method, headers, body: q.method === "POST" ? body : undefined });
    calls.push({ path: q.url, headers: q.headers, body: body.toString("utf8"), status: a.status });
    const { "X-Road-issue": ignored, ...echoed } = own;
    r.writeHead(a.status, { ...echoed, "X-Road-Service": service, "X-Road-Request-Id": headers["X-Road-Request-Id"],
      "X-Road-Request-Hash": createHash("sha512").update(body).digest("base64"), "Content-Type": a.headers.get("content-type") ?? "text/plain" });
    r.end(Buffer.from(await a.arrayBuffer()));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${server.address().port}`, calls, close: () => server.close() };
}
