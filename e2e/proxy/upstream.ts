// Owns what nginx finds on its way to the API: a name server that a test can switch, and servers that a name may lead to, with a
// certificate or without. They take every request, count it and check it.
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { listen } from "../listen.ts";
import { witnessMessage } from "../witness.ts";

const TTL_SECONDS = 1;
/** Of a DNS message: the header, and of an answer what follows the name. */
const [HEADER_BYTES, QUESTION_TAIL_BYTES] = [12, 4];

/** Answers every question with one address, on a port of its own; nobody listens there before `start`. */
export function createNameServer(port: number) {
  const socket = createSocket("udp4");
  let address = "127.0.0.1";
  socket.on("message", (question, { port: from }) =>
    socket.send(reply(question, address), from, "127.0.0.1"),
  );
  return {
    start: () => new Promise<void>((resolve) => socket.bind(port, "127.0.0.1", resolve)),
    /** Known to everybody a second later. */
    setAddress(changed: string): void {
      address = changed;
    },
    stop: () => socket.close(),
  };
}

function reply(question: Buffer, address: string): Buffer {
  const end = question.indexOf(0, HEADER_BYTES) + 1 + QUESTION_TAIL_BYTES;
  const header = Buffer.from(question.subarray(0, HEADER_BYTES));
  // A response, no error, one question, one answer.
  header.writeUInt16BE(0x8180, 2);
  header.set([0, 1, 0, 1, 0, 0, 0, 0], 4);
  // The question's name, an IPv4 address of the Internet.
  const answer = [
    0xc0,
    HEADER_BYTES,
    0,
    1,
    0,
    1,
    0,
    0,
    0,
    TTL_SECONDS,
    0,
    4,
    ...address.split(".").map(Number),
  ];
  return Buffer.concat([header, question.subarray(HEADER_BYTES, end), Buffer.from(answer)]);
}

export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** Of `cert`. */
  readonly path: string;
  remove(): Promise<void>;
}

/** A server at this address; port 0 takes a free one. */
export async function startUpstream(host: string, port = 0, certificate?: Certificate) {
  let taken = 0;
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    taken += 1;
    await witnessMessage(request);
    response.writeHead(204).end();
  };
  const server = certificate ? createSecureServer(certificate, take) : createServer(take);
  return {
    port: await listen(server, host, port),
    taken: () => taken,
    stop(): void {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** One that signs itself, for one name. */
export async function createCertificate(name: string): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), "clicktrail-certificate-"));
  const [path, keyPath] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const named = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
  await promisify(execFile)("openssl", ["req", ...kind, ...named, "-keyout", keyPath, "-out", path]);
  return {
    cert: await readFile(path, "utf8"),
    key: await readFile(keyPath, "utf8"),
    path,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
