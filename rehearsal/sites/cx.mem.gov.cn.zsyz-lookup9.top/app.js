// A captured front end kept the official route and interface names.
var routes = ["/special?index=0", "/safety?index=1"];
var api = "/prod-api/certsearch/certInfo/netQuery";
