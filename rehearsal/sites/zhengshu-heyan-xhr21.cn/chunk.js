(function () {
  var app = document.getElementById("app");
  function el(tag, cls, text) {
    var node = document.createElement(tag);
    if (cls) node.className = cls;
    if (text) node.textContent = text;
    return node;
  }
  function get(path, done) {
    var x = new XMLHttpRequest();
    x.open("GET", path);
    x.onload = function () { done(JSON.parse(x.responseText)); };
    x.send();
  }
  get("/prod-api/certsearch/pageConfig", function (reply) {
    var c = reply.data;
    document.title = c.t;
    var hd = el("div", "hd"), logo = el("img");
    logo.src = c.logo;
    hd.appendChild(logo);
    hd.appendChild(el("b", "", c.t));
    app.appendChild(hd);
    var tab = el("div", "tab");
    c.tabs.forEach(function (name, i) { tab.appendChild(el("div", i ? "" : "on", name)); });
    app.appendChild(tab);
    var fm = el("div", "fm");
    c.fields.forEach(function (f) {
      var row = el("p"), input = el("input");
      row.appendChild(el("label", "", f[0]));
      input.placeholder = f[1];
      row.appendChild(input);
      fm.appendChild(row);
    });
    fm.appendChild(el("button", "", c.go));
    app.appendChild(fm);
    app.appendChild(el("div", "nt", c.notice));
    app.appendChild(el("div", "ft", c.owner));
    get("/prod-api/certsearch/code", function (r) { fm.setAttribute("data-uuid", r.uuid); });
  });
})();
