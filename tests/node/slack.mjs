// Starts the Slack of emulate, which others wrote, with the seed of the first argument, and prints its address.
// A line on the standard input makes it as new; the end of the input ends it.
// Its calendar stands where the X-Now header of the last request says, in milliseconds.
import { Server } from "node:http";
import { createInterface } from "node:readline";
import { createEmulator } from "emulate";

let now = Date.now();
Date.now = () => now;
const { emit } = Server.prototype;
Server.prototype.emit = function (event, request, ...more) {
  if (event === "request") now = Number(request.headers["x-now"]) || now;
  return emit.call(this, event, request, ...more);
};

const seed = { slack: JSON.parse(process.argv[2]) };
const emulator = await createEmulator({ service: "slack", port: 0, hostname: "127.0.0.1", seed });
console.log(emulator.url);
const lines = createInterface({ input: process.stdin });
lines.on("close", () => process.exit());
lines.on("line", () => {
  emulator.reset();
  console.log("as new");
});
