// What the search box says: [zh, en]. The views add theirs when they come.

export const TEXTS = {
  label: ["您遇到了什么问题？", "What do you need help with?"],
  hint: [
    "用自己的话描述即可。请勿输入助记词、私钥或密码。",
    "Use your own words. Never type a mnemonic, private key or password.",
  ],
  search: ["搜索", "Search"],
  suggestions: ["搜索建议", "Suggestions"],
  count: ["{n} 条建议，用上下键选择", "{n} suggestions, use the arrow keys"],
  working: ["正在查找…", "Searching…"],
  waiting: ["比平时慢，请再等一下…", "This takes longer than usual, please wait…"],
  blocked: ["请注意：您输入了机密信息", "Careful: you typed a secret"],
  retry: ["重试", "Try again"],
  gone: ["连接不上服务器。请检查网络后重试。", "The server cannot be reached. Check your connection and try again."],
  slow: ["服务器没有及时回应。", "The server did not answer in time."],
  failed: ["服务器出错了，请稍后重试。", "The server failed. Please try again later."],
};

/** Return the function from a text's name, and what fills it in, to the text in `lang`. */
export const texts = (lang) => (name, values = {}) =>
  TEXTS[name]?.[lang === "zh" ? 0 : 1].replace(/\{(\w+)\}/g, (_, key) => values[key]) ?? name;
