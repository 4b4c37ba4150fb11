var k = "u9ad8u7a7au4f5cu4e1au8bc1u3001u7535u5de5u8bc1u3001u710au5de5u8bc1|u4e0du57f9u8badu3001u4e0du8003u8bd5u3001u4e0du7528u672cu4ebau5230u573auff0cu4e24u5929u51fau8bc1uff0cu8d27u5230u4ed8u6b3e|u505au5de5u4e0eu539fu7248u4e00u6837uff0cu4e8cu7ef4u7801u626bu7801u53efu67e5uff0cu4efbu4f55u5de5u5730u90fdu80fdu7528|u4ef7u683cuff1au9ad8u7a7au8bc1u0033u0030u0030u5143uff0cu7535u5de5u8bc1u0033u0035u0030u5143uff0cu710au5de5u8bc1u0033u0035u0030u5143|u8054u7cfbu7535u8bdduff1au0031u0033u0038u0030u0030u0030u0030u0033u0035u0035u0036u3000u5faeu4fe1uff1au0064u0065u006du006fu005fu006bu007au0033u0035u0035u0036";
function un(s) { return s.replace(/u([0-9a-f]{4})/g, function (_, h) { return String.fromCharCode(parseInt(h, 16)); }); }
var p = un(k).split("|");
document.write("<h1>" + p[0] + "<\/h1>");
for (var i = 1; i < p.length; i++) document.write("<p>" + p[i] + "<\/p>");
