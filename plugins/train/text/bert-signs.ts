// Made by reference/make-tokens.py: signs as HuggingFace's tokenizers sort them, whose Unicode stays as it is while that of Node moves on.
/* prettier-ignore */
export const PUNCTUATION = new RegExp(
  String.raw`[\u{21}-\u{2f}\u{3a}-\u{40}\u{5b}-\u{60}\u{7b}-\u{7e}\u{a1}\u{a7}\u{ab}\u{b6}-\u{b7}\u{bb}\u{bf}\u{37e}\u{387}` +
  String.raw`\u{55a}-\u{55f}\u{589}-\u{58a}\u{5be}\u{5c0}\u{5c3}\u{5c6}\u{5f3}-\u{5f4}\u{609}-\u{60a}\u{60c}-\u{60d}\u{61b}` +
  String.raw`\u{61e}-\u{61f}\u{66a}-\u{66d}\u{6d4}\u{700}-\u{70d}\u{7f7}-\u{7f9}\u{830}-\u{83e}\u{85e}\u{964}-\u{965}\u{970}\u{af0}` +
  String.raw`\u{df4}\u{e4f}\u{e5a}-\u{e5b}\u{f04}-\u{f12}\u{f14}\u{f3a}-\u{f3d}\u{f85}\u{fd0}-\u{fd4}\u{fd9}-\u{fda}\u{104a}-\u{104f}` +
  String.raw`\u{10fb}\u{1360}-\u{1368}\u{1400}\u{166d}-\u{166e}\u{169b}-\u{169c}\u{16eb}-\u{16ed}\u{1735}-\u{1736}\u{17d4}-\u{17d6}` +
  String.raw`\u{17d8}-\u{17da}\u{1800}-\u{180a}\u{1944}-\u{1945}\u{1a1e}-\u{1a1f}\u{1aa0}-\u{1aa6}\u{1aa8}-\u{1aad}\u{1b5a}-\u{1b60}` +
  String.raw`\u{1bfc}-\u{1bff}\u{1c3b}-\u{1c3f}\u{1c7e}-\u{1c7f}\u{1cc0}-\u{1cc7}\u{1cd3}\u{2010}-\u{2027}\u{2030}-\u{2043}` +
  String.raw`\u{2045}-\u{2051}\u{2053}-\u{205e}\u{207d}-\u{207e}\u{208d}-\u{208e}\u{2308}-\u{230b}\u{2329}-\u{232a}\u{2768}-\u{2775}` +
  String.raw`\u{27c5}-\u{27c6}\u{27e6}-\u{27ef}\u{2983}-\u{2998}\u{29d8}-\u{29db}\u{29fc}-\u{29fd}\u{2cf9}-\u{2cfc}\u{2cfe}-\u{2cff}` +
  String.raw`\u{2d70}\u{2e00}-\u{2e2e}\u{2e30}-\u{2e42}\u{3001}-\u{3003}\u{3008}-\u{3011}\u{3014}-\u{301f}\u{3030}\u{303d}\u{30a0}` +
  String.raw`\u{30fb}\u{a4fe}-\u{a4ff}\u{a60d}-\u{a60f}\u{a673}\u{a67e}\u{a6f2}-\u{a6f7}\u{a874}-\u{a877}\u{a8ce}-\u{a8cf}` +
  String.raw`\u{a8f8}-\u{a8fa}\u{a8fc}\u{a92e}-\u{a92f}\u{a95f}\u{a9c1}-\u{a9cd}\u{a9de}-\u{a9df}\u{aa5c}-\u{aa5f}\u{aade}-\u{aadf}` +
  String.raw`\u{aaf0}-\u{aaf1}\u{abeb}\u{fd3e}-\u{fd3f}\u{fe10}-\u{fe19}\u{fe30}-\u{fe52}\u{fe54}-\u{fe61}\u{fe63}\u{fe68}` +
  String.raw`\u{fe6a}-\u{fe6b}\u{ff01}-\u{ff03}\u{ff05}-\u{ff0a}\u{ff0c}-\u{ff0f}\u{ff1a}-\u{ff1b}\u{ff1f}-\u{ff20}\u{ff3b}-\u{ff3d}` +
  String.raw`\u{ff3f}\u{ff5b}\u{ff5d}\u{ff5f}-\u{ff65}\u{10100}-\u{10102}\u{1039f}\u{103d0}\u{1056f}\u{10857}\u{1091f}\u{1093f}` +
  String.raw`\u{10a50}-\u{10a58}\u{10a7f}\u{10af0}-\u{10af6}\u{10b39}-\u{10b3f}\u{10b99}-\u{10b9c}\u{11047}-\u{1104d}` +
  String.raw`\u{110bb}-\u{110bc}\u{110be}-\u{110c1}\u{11140}-\u{11143}\u{11174}-\u{11175}\u{111c5}-\u{111c9}\u{111cd}\u{111db}` +
  String.raw`\u{111dd}-\u{111df}\u{11238}-\u{1123d}\u{112a9}\u{114c6}\u{115c1}-\u{115d7}\u{11641}-\u{11643}\u{1173c}-\u{1173e}` +
  String.raw`\u{12470}-\u{12474}\u{16a6e}-\u{16a6f}\u{16af5}\u{16b37}-\u{16b3b}\u{16b44}\u{1bc9f}\u{1da87}-\u{1da8b}]`,
  'gu',
);
export const MARKS = new RegExp(
  String.raw`[\u{300}-\u{36f}\u{483}-\u{487}\u{591}-\u{5bd}\u{5bf}\u{5c1}-\u{5c2}\u{5c4}-\u{5c5}\u{5c7}\u{610}-\u{61a}\u{64b}-\u{65f}` +
    String.raw`\u{670}\u{6d6}-\u{6dc}\u{6df}-\u{6e4}\u{6e7}-\u{6e8}\u{6ea}-\u{6ed}\u{711}\u{730}-\u{74a}\u{7a6}-\u{7b0}\u{7eb}-\u{7f3}` +
    String.raw`\u{816}-\u{819}\u{81b}-\u{823}\u{825}-\u{827}\u{829}-\u{82d}\u{859}-\u{85b}\u{8e3}-\u{902}\u{93a}\u{93c}\u{941}-\u{948}` +
    String.raw`\u{94d}\u{951}-\u{957}\u{962}-\u{963}\u{981}\u{9bc}\u{9c1}-\u{9c4}\u{9cd}\u{9e2}-\u{9e3}\u{a01}-\u{a02}\u{a3c}` +
    String.raw`\u{a41}-\u{a42}\u{a47}-\u{a48}\u{a4b}-\u{a4d}\u{a51}\u{a70}-\u{a71}\u{a75}\u{a81}-\u{a82}\u{abc}\u{ac1}-\u{ac5}` +
    String.raw`\u{ac7}-\u{ac8}\u{acd}\u{ae2}-\u{ae3}\u{b01}\u{b3c}\u{b3f}\u{b41}-\u{b44}\u{b4d}\u{b56}\u{b62}-\u{b63}\u{b82}\u{bc0}` +
    String.raw`\u{bcd}\u{c00}\u{c3e}-\u{c40}\u{c46}-\u{c48}\u{c4a}-\u{c4d}\u{c55}-\u{c56}\u{c62}-\u{c63}\u{c81}\u{cbc}\u{cbf}\u{cc6}` +
    String.raw`\u{ccc}-\u{ccd}\u{ce2}-\u{ce3}\u{d01}\u{d41}-\u{d44}\u{d4d}\u{d62}-\u{d63}\u{dca}\u{dd2}-\u{dd4}\u{dd6}\u{e31}` +
    String.raw`\u{e34}-\u{e3a}\u{e47}-\u{e4e}\u{eb1}\u{eb4}-\u{eb9}\u{ebb}-\u{ebc}\u{ec8}-\u{ecd}\u{f18}-\u{f19}\u{f35}\u{f37}\u{f39}` +
    String.raw`\u{f71}-\u{f7e}\u{f80}-\u{f84}\u{f86}-\u{f87}\u{f8d}-\u{f97}\u{f99}-\u{fbc}\u{fc6}\u{102d}-\u{1030}\u{1032}-\u{1037}` +
    String.raw`\u{1039}-\u{103a}\u{103d}-\u{103e}\u{1058}-\u{1059}\u{105e}-\u{1060}\u{1071}-\u{1074}\u{1082}\u{1085}-\u{1086}\u{108d}` +
    String.raw`\u{109d}\u{135d}-\u{135f}\u{1712}-\u{1714}\u{1732}-\u{1734}\u{1752}-\u{1753}\u{1772}-\u{1773}\u{17b4}-\u{17b5}` +
    String.raw`\u{17b7}-\u{17bd}\u{17c6}\u{17c9}-\u{17d3}\u{17dd}\u{180b}-\u{180d}\u{18a9}\u{1920}-\u{1922}\u{1927}-\u{1928}\u{1932}` +
    String.raw`\u{1939}-\u{193b}\u{1a17}-\u{1a18}\u{1a1b}\u{1a56}\u{1a58}-\u{1a5e}\u{1a60}\u{1a62}\u{1a65}-\u{1a6c}\u{1a73}-\u{1a7c}` +
    String.raw`\u{1a7f}\u{1ab0}-\u{1abd}\u{1b00}-\u{1b03}\u{1b34}\u{1b36}-\u{1b3a}\u{1b3c}\u{1b42}\u{1b6b}-\u{1b73}\u{1b80}-\u{1b81}` +
    String.raw`\u{1ba2}-\u{1ba5}\u{1ba8}-\u{1ba9}\u{1bab}-\u{1bad}\u{1be6}\u{1be8}-\u{1be9}\u{1bed}\u{1bef}-\u{1bf1}\u{1c2c}-\u{1c33}` +
    String.raw`\u{1c36}-\u{1c37}\u{1cd0}-\u{1cd2}\u{1cd4}-\u{1ce0}\u{1ce2}-\u{1ce8}\u{1ced}\u{1cf4}\u{1cf8}-\u{1cf9}\u{1dc0}-\u{1df5}` +
    String.raw`\u{1dfc}-\u{1dff}\u{20d0}-\u{20dc}\u{20e1}\u{20e5}-\u{20f0}\u{2cef}-\u{2cf1}\u{2d7f}\u{2de0}-\u{2dff}\u{302a}-\u{302d}` +
    String.raw`\u{3099}-\u{309a}\u{a66f}\u{a674}-\u{a67d}\u{a69e}-\u{a69f}\u{a6f0}-\u{a6f1}\u{a802}\u{a806}\u{a80b}\u{a825}-\u{a826}` +
    String.raw`\u{a8c4}\u{a8e0}-\u{a8f1}\u{a926}-\u{a92d}\u{a947}-\u{a951}\u{a980}-\u{a982}\u{a9b3}\u{a9b6}-\u{a9b9}\u{a9bc}\u{a9e5}` +
    String.raw`\u{aa29}-\u{aa2e}\u{aa31}-\u{aa32}\u{aa35}-\u{aa36}\u{aa43}\u{aa4c}\u{aa7c}\u{aab0}\u{aab2}-\u{aab4}\u{aab7}-\u{aab8}` +
    String.raw`\u{aabe}-\u{aabf}\u{aac1}\u{aaec}-\u{aaed}\u{aaf6}\u{abe5}\u{abe8}\u{abed}\u{fb1e}\u{fe00}-\u{fe0f}\u{fe20}-\u{fe2f}` +
    String.raw`\u{101fd}\u{102e0}\u{10376}-\u{1037a}\u{10a01}-\u{10a03}\u{10a05}-\u{10a06}\u{10a0c}-\u{10a0f}\u{10a38}-\u{10a3a}` +
    String.raw`\u{10a3f}\u{10ae5}-\u{10ae6}\u{11001}\u{11038}-\u{11046}\u{1107f}-\u{11081}\u{110b3}-\u{110b6}\u{110b9}-\u{110ba}` +
    String.raw`\u{11100}-\u{11102}\u{11127}-\u{1112b}\u{1112d}-\u{11134}\u{11173}\u{11180}-\u{11181}\u{111b6}-\u{111be}` +
    String.raw`\u{111ca}-\u{111cc}\u{1122f}-\u{11231}\u{11234}\u{11236}-\u{11237}\u{112df}\u{112e3}-\u{112ea}\u{11300}-\u{11301}` +
    String.raw`\u{1133c}\u{11340}\u{11366}-\u{1136c}\u{11370}-\u{11374}\u{114b3}-\u{114b8}\u{114ba}\u{114bf}-\u{114c0}` +
    String.raw`\u{114c2}-\u{114c3}\u{115b2}-\u{115b5}\u{115bc}-\u{115bd}\u{115bf}-\u{115c0}\u{115dc}-\u{115dd}\u{11633}-\u{1163a}` +
    String.raw`\u{1163d}\u{1163f}-\u{11640}\u{116ab}\u{116ad}\u{116b0}-\u{116b5}\u{116b7}\u{1171d}-\u{1171f}\u{11722}-\u{11725}` +
    String.raw`\u{11727}-\u{1172b}\u{16af0}-\u{16af4}\u{16b30}-\u{16b36}\u{16f8f}-\u{16f92}\u{1bc9d}-\u{1bc9e}\u{1d167}-\u{1d169}` +
    String.raw`\u{1d17b}-\u{1d182}\u{1d185}-\u{1d18b}\u{1d1aa}-\u{1d1ad}\u{1d242}-\u{1d244}\u{1da00}-\u{1da36}\u{1da3b}-\u{1da6c}` +
    String.raw`\u{1da75}\u{1da84}\u{1da9b}-\u{1da9f}\u{1daa1}-\u{1daaf}\u{1e8d0}-\u{1e8d6}\u{e0100}-\u{e01ef}]`,
  'gu',
);
export const CONTROL = new RegExp(
  String.raw`[\u{0}-\u{8}\u{b}-\u{c}\u{e}-\u{1f}\u{7f}-\u{9f}\u{ad}\u{600}-\u{605}\u{61c}\u{6dd}\u{70f}\u{180e}\u{200b}-\u{200f}` +
    String.raw`\u{202a}-\u{202e}\u{2060}-\u{2064}\u{2066}-\u{206f}\u{e000}-\u{f8ff}\u{feff}\u{fff9}-\u{fffb}\u{fffd}\u{110bd}` +
    String.raw`\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}\u{f0000}-\u{ffffd}\u{100000}-\u{10fffd}]`,
  'gu',
);
