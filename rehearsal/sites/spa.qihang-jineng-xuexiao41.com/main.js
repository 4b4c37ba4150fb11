const blocks = [
  ["启航技能学校", "创办于2012年，设焊接、电工、制冷三个实训车间，在校教师二十六人。"],
  ["焊工取证班", "熔化焊接与热切割作业，理论学习与实训操作共148学时，必须本人到校上课并签到，考试由应急管理局考试点组织，成绩不合格可补考一次。"],
  ["报名须知", "年满18周岁、初中以上文化程度、身体健康。请带身份证和学历证书原件到校报名，学费1080元，开具正式发票。"],
  ["防骗提醒", "凡说不用上课、不用考试就能拿证的都是假证。真证请在 cx.mem.gov.cn 查询。"]
];
const root = document.getElementById("root");
for (const [title, text] of blocks) {
  const s = document.createElement("section");
  const h = document.createElement(root.children.length ? "h3" : "h1");
  h.textContent = title;
  const p = document.createElement("p");
  p.textContent = text;
  s.append(h, p);
  root.append(s);
}
