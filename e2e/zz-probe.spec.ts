import { test } from "./fixtures.ts";
test("facts", async ({ tab, tabs, site }) => {
  const url = site.search({ snippet: null, body: `
  <label id=lab for=inp><span id=labtext>Label</span></label><input id=inp type=checkbox>
  <label id=lab2 for=btn><span id=lab2text>Label2</span></label><button id=btn>B</button>
  <button id=plain>plain</button>
  <div id=host style="display:block;width:400px"></div>
  <p id=light style="width:400px">Some words that can be selected here <span id=lf>from</span> and <span id=lt>to</span></p>
  <script>
  window.log=[];
  for (const t of ["pointerdown","click","auxclick"]) addEventListener(t,(e)=>{const s=getSelection();log.push([t,e.target.id,e.constructor.name,e.pointerType,e.pointerId,e.button,e.detail,e.isTrusted,Math.round(e.timeStamp),s.type,s.isCollapsed,String(s).slice(0,20)].join(" "));},true);
  host.attachShadow({mode:"open"}).innerHTML='<p>Some words <b id=from>from</b> in the middle <b id=to>to</b> select</p>';
  </script>` });
  await tab.goto(url);
  await tab.click("#plain");
  await tab.press("#plain","Enter");
  await tab.evaluate(() => { document.querySelector<HTMLElement>("#plain")!.click(); });
  await tab.click("#labtext");
  await tab.click("#lab2text");
  await tab.drag("#from","#to");
  await tab.drag("#lf","#lt");
  console.log(tabs.engine, (await tab.evaluate(() => (window as any).log.join("\n"))));
  console.log(tabs.engine, await tab.evaluate(() => {
    const out: string[] = [];
    const t = (n: string, f: () => unknown) => { try { out.push(n + ": " + f()); } catch (e) { out.push(n + " !! " + e); } };
    t("ellipsis", () => new Request("/ctr", { headers: { Authorization: "tr-…" } }).url);
    t("zwsp", () => new Request("/ctr", { headers: { Authorization: "tr-\u200bx" } }).url);
    t("newline", () => new Request("/ctr", { headers: { Authorization: "tr-\nx" } }).url);
    t("trailing newline", () => new Request("/ctr", { headers: { Authorization: "tr-x\n" } }).headers.get("authorization"));
    t("latin1", () => new Request("/ctr", { headers: { Authorization: "café" } }).url);
    t("creds", () => new Request("https://u:p@host/x").url);
    t("PUT", () => new Request("/ctr",{method:"PUT"}).url);
    t("toWellFormed", () => (("x" as any).toWellFormed));
    t("path", () => { const p = document.querySelector("#host")!.shadowRoot!.querySelector("#from")!; let r: any; p.addEventListener("zz", (e) => { r = e.composedPath(); }, { once: true }); p.dispatchEvent(new Event("zz", { composed: true })); return r.map((n: any) => n.nodeName ?? "win"); });
    return out.join("\n");
  }));
});
for (const kind of ["srcdoc", "blob"]) test("frame "+kind, async ({ tab, tabs, site }) => {
  const url = site.search({ snippet: null, body: `<iframe id=f></iframe><script>
   window.got=[]; addEventListener("message",e=>got.push(e.data));
   const html="<script>let r;try{r=new Request('/ctr').url}catch(e){r='!!'+e}parent.postMessage(location.href+' base '+document.baseURI+' '+r,'*')</scr"+"ipt>";
   if(${JSON.stringify(kind)}=="srcdoc") f.srcdoc=html; else f.src=URL.createObjectURL(new Blob([html],{type:"text/html"}));
  </script>` });
  await tab.goto(url);
  await new Promise(r=>setTimeout(r,1500));
  console.log(tabs.engine, kind, await tab.evaluate(() => JSON.stringify((window as any).got)));
});
