// A pooled nodemailer with handlebars: compiled once, CSS inlined once by juice, then one mail after the other.
const crypto = require("crypto"), fs = require("fs");
const nodemailer = require("nodemailer"), handlebars = require("handlebars"), juice = require("juice");

const [port, many, connections, page, plain] = process.argv.slice(2);
const html = handlebars.compile(juice(fs.readFileSync(page, "utf8")));
const text = handlebars.compile(fs.readFileSync(plain, "utf8"), { noEscape: true });
const link = (kind, n) => `https://mail.drill.example/${kind}/${n}-` +
  crypto.createHmac("sha256", "secret").update(`${kind}${n}`).digest("hex").slice(0, 32);

async function main() {
  const transport = nodemailer.createTransport({
    host: "127.0.0.1", port: Number(port), pool: true, maxConnections: Number(connections), maxMessages: Infinity,
    ignoreTLS: true,
  });
  const cpu = process.cpuUsage(), began = process.hrtime.bigint();
  let next = 1;
  async function sender() {
    while (next <= Number(many)) {
      const n = next++;
      const seen = {
        first_name: `Customer${n}`, days: 60, department: "bakery", subject: `Customer${n}, is everything all right?`,
        because: [1, 2, 3, 4, 5].map((k) => `reason number ${k} for customer ${n}`),
      };
      for (const [name, kind] of Object.entries({
        human: "h", survey: "s", preferences: "p", unsubscribe: "u", view: "v", open: "o",
      })) seen[name] = link(kind, n);
      await transport.sendMail({
        from: "Maya <maya@drill.example>", to: `c${n}@example.com`, subject: seen.subject,
        html: html(seen), text: text(seen),
        headers: {
          "List-Unsubscribe": `<${seen.unsubscribe}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
          "List-Id": "<offers.drill.example>", "Feedback-ID": "1:offers:campaign:drill",
        },
      });
    }
  }
  await Promise.all(Array.from({ length: 2 * Number(connections) }, sender));
  const seconds = Number(process.hrtime.bigint() - began) / 1e9, used = process.cpuUsage(cpu);
  transport.close();
  console.log(JSON.stringify({
    messages: Number(many), seconds, cpu: (used.user + used.system) / 1e6, peak_mb: process.resourceUsage().maxRSS / 1024,
  }));
}
main();
