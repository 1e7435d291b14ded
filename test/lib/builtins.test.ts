import { beforeAll, describe, expect, test } from "vitest";
import { BuiltinsModule, type Hit } from "./builtins-module.ts";
import {
  BASE32,
  BASE62,
  BASE64URL,
  BECH32,
  DIGITS,
  drawn,
  HEX,
  json64,
  privateKey,
  puttyKey,
  sshPrivateKey,
  token,
} from "./builtins-secrets.ts";

let m: BuiltinsModule;

beforeAll(async () => {
  m = await BuiltinsModule.load();
});

/** A text in which the hits are between guillemets. */
type Marked = string;

function read(marked: Marked, kind: string): { text: Buffer; hits: Hit[] } {
  const hits: Hit[] = [];
  let text = "";
  for (const part of marked.split(/([«»])/)) {
    const at = Buffer.byteLength(text);
    if (part === "«") hits.push({ kind, start: at, end: 0 });
    else if (part === "»") hits.at(-1)!.end = at;
    else text += part;
  }
  return { text: Buffer.from(text), hits };
}

const openAiMarker = `T3Blbk${"FJ"}`;
const sk = "sk" + "-";
const gh = "gh";
const slack = "xo" + "x";
const hook = `${drawn(DIGITS, 12)}-${drawn(DIGITS, 12)}`;
const payload = json64({ sub: "x" });
const azureKey = `${drawn(`${BASE62}+/`, 86)}==`;
const password = drawn(BASE62, 14);

const CASES: Record<string, { found: [name: string, text: Marked][]; passed: [name: string, text: string][] }> = {
  CreditCard: {
    found: [
      ["a number alone", "«4111111111111111»"],
      ["in groups of four", "card «4111 1111 1111 1111», exp 12/26"],
      ["with dashes", "(«5555-5555-5555-4444»)"],
      ["right behind another", "«4111 1111 1111 1111» «5555 5555 5555 4444» «4111111111111111» «4111 1111 1111 1111»"],
      ["right behind another, with two spaces", "«4111  1111  1111  1111»  «5555  5555  5555  4444»"],
      ["American Express in its groups", "amex «3782 822463 10005».\n"],
      ["American Express in groups of four", "«3782-8224-6310-005»"],
      ["Diners Club", '{"number":"«30569309025904»"}'],
      ["Maestro of twelve digits", "pay with «503802053770» now"],
      ["Visa of nineteen digits", "«4035 1920 2962 8664 368»"],
      ["Visa of thirteen digits", "no=«4222222222222»;"],
      ["JCB of fifteen digits", "«2131 1013 5345 247»"],
      ["Mastercard's second range", "<«2223003122003222»>"],
      ["between Chinese letters", "卡号«4012888888881881»。"],
      ["an escaped line end before", "a\\n«4012888888881881»\\n"],
      ["two beside each other", "«4012888888881881» «4111111111111111»"],
      ["behind another number", "2 x «4012888888881881»"],
      ["with the decimals of a data frame", "id,card\n7,«4012888888881881.0»\n8,«4111111111111111.00»."],
      ["emphasised", "_«4111111111111111»_ __«4111 1111 1111 1111» is mine__ _it is «4111-1111-1111-1111»_"],
      ["within a name", "card_«4111111111111111»_old"],
      ["two blanks between", "«4111  1111  1111  1111» and «3782  822463  10005»"],
      ["full stops between", "«4111.1111.1111.1111»."],
      [
        "behind another column",
        '1001,«4111 1111 1111 1111»\n574,"«4111  1111  1111  1111»"\n1002;«5555-5555-5555-4444»',
      ],
    ],
    passed: [
      ["a wrong sum", "4111111111111112"],
      ["a wrong sum in groups", "4111 1111 1111 1121"],
      ["within a longer run of digits", "941111111111111118"],
      ["a right sum, but nobody's number", "9111111111111111 and 0000000000000000"],
      ["of the wrong length", "411111111111116"],
      ["the end of a decimal", "0.4111111111111111"],
      ["the beginning of a decimal", "4111111111111111.5 4111111111111111.05 4111111111111111.000"],
      ["part of a name", "id_4111111111111111 x4111111111111111 4111111111111111a 4111111111111111_old.png"],
      ["the last part of a UUID", "550e8400-e29b-41d4-a716-503802053770"],
      ["a row of groups of four", "2111 4111 1111 1111 1111 2111"],
      ["groups of five", "41111 11111 11111 1"],
      ["mixed separators", "4111-1111 1111-1111"],
      ["mixed blanks", "4111  1111 1111  1111"],
      ["three blanks", "4111   1111   1111   1111"],
      ["a row of groups with two blanks", "2111  4111  1111  1111  1111  2111"],
      ["a time in milliseconds", "1700654583808"],
      ["an ISBN", "978-3-16-148410-0"],
    ],
  },
  Iban: {
    found: [
      ["Germany", "«DE89370400440532013000»"],
      ["in groups of four", "to «GB29 NWBK 6016 1331 9268 19», please"],
      ["the shortest", "«NO93 8601 1117 947»"],
      ["Malta's, with letters", '"«MT84MALT011000012345MTLCAST001S»"'],
      ["in lower case", "iban=«gb29nwbk60161331926819»"],
      ["France, with a letter within", "«FR14 2004 1010 0505 0001 3M02 606»."],
      ["behind a colon", "IBAN:«NL91ABNA0417164300»"],
      ["behind a dash", "IBAN-«CH9300762011623852957»"],
      ["with dashes", "«BE71-0961-2345-6769»"],
      ["emphasised", "_«DE89370400440532013000»_ _pay to «GB29 NWBK 6016 1331 9268 19»_"],
      ["within a name", "iban_«NL91ABNA0417164300»_old"],
    ],
    passed: [
      ["a wrong sum", "DE89370400440532013001"],
      ["a wrong sum in groups", "GB29 NWBK 6016 1331 9268 18"],
      ["too short for the country", "DE8937040044053201300"],
      ["too long for the country", "DE893704004405320130001"],
      ["no such country", "ZZ89370400440532013000"],
      ["within a word", "XDE89370400440532013000"],
      ["in both cases", "De89370400440532013000 gB29NWBK60161331926819"],
      ["two spaces between groups", "GB29  NWBK 6016 1331 9268 19"],
      ["something else in between", "GB29 NWBK 6016 1331 9268-19"],
      ["a hash", "de89a1b2c3d4e5f60718293a4b5c6d7e"],
    ],
  },
  Email: {
    found: [
      ["alone", "«jane@example.com»"],
      ["at the end of a sentence", "write to «jane.doe@example.co.uk»."],
      ["in angle brackets", "Jane <«jane+news@mail.example.org»>"],
      ["behind an equals sign", "email=«j_d@example.io»&x=1"],
      ["an apostrophe within", "«o'brien@example.com»"],
      ["in quotation marks", "'«jane@example.com»'"],
      ["digits and dashes in the domain", "«a1@sub-1.2go.example-site.net»,"],
      ["an international domain", "«jörg@münchen.de»"],
      ["a Cyrillic domain", "«ivan@пример.рф», «ivan@россия.рф»"],
      ["a Chinese domain", "写信给 «jane@例子.公司»，谢谢 <«jane@mail.例子.中国»>"],
      ["a Chinese name at an ASCII top level", "«jane@例子.com»联系"],
      ["a Japanese domain", "«taro@日本語.jp» «taro@ドメイン名例.テスト»。"],
      ["in punycode", "«x@example.xn--p1ai»"],
      ["within Chinese", "邮箱jane@".replace("jane@", "«jane@example.com»联系")],
      ["a link", "mailto:«jane@example.com»?subject=x"],
      ["two joined by a slash", "«a@example.com»/«b@example.com»"],
      ["an escaped line end before", "to:\\n«jane@example.com»\\n"],
      ["a dash behind", "«jane@example.com»- ok"],
      ["right behind another", "«jane@example.com»«_bob@example.com»+«joe@example.com»"],
      ["with a dash between it and another", "«jane@example.com»-«bob-2@example.com»-«joe@example.com»"],
      ["emphasised", "_«jane@example.com»_ __«jane@example.com»__, ___«jane@example.com»___"],
      ["emphasised, with a name that begins with an underscore", "_«_jane@example.com»_"],
      ["a name that begins with underscores", "«_jane@example.com» «__jane@example.com»"],
      ["a name of an underscore", "«_@example.com»_"],
    ],
    passed: [
      ["no top level", "jane@localhost root@db1"],
      ["a version", "react@18.2.0 lodash@4.17.21"],
      ["a scoped package", "@types/node @scope/pkg.name"],
      ["a decorator", "x = 1\n@app.route('/')"],
      ["a top level with a digit", "jane@example.c0m"],
      ["an image of twice the size", "icon@2x.png"],
      ["a remote repository", "git@github.com:envoyproxy/envoy.git"],
      ["a user in a URL", "ssh://deploy@host.example.com/x"],
      ["a password in a URL", "https://user:secret@host.example.com/x"],
      ["an empty local part", "(@example.com)"],
      ["a full stop before the @", "jane.@example.com"],
      ["two @", "jane@@example.com"],
      ["a local part longer than any", `${"a".repeat(70)}@example.com`],
      ["a space", "jane @example.com jane@ example.com"],
      ["one letter", "jane@example.c"],
      ["a dash in the last label", "root@db.eu-west root@db.eu-west2:~"],
      ["a mention in Chinese", "RT@小明 你好. 谢谢@小明。好"],
    ],
  },
  PhoneNumber: {
    found: [
      ["international", "call «+49 30 901820», ok"],
      ["international, all together", "tel:«+14155550123»"],
      ["a zero in parentheses", "«+44 (0)20 7946 0958»"],
      ["France from abroad", "«+33 1 23 45 67 89»."],
      ["two zeros instead of the plus", "«0033 1 23 45 67 89»"],
      ["the code in parentheses", "(«(+351) 912 345 678»)"],
      ["North America", "«(415) 555-0123»"],
      ["North America with dashes", "at «415-555-0123»."],
      ["North America with full stops", "«415.555.0123»"],
      ["with an extension", "«415-555-0123 ext. 42», then"],
      ["with a short extension", "«(415)555-0123x6789»"],
      ["a one before", "«1-800-555-0199»"],
      ["France", "«01 23 45 67 89»"],
      ["France with full stops", "«01.23.45.67.89»"],
      ["France, all together", "«0612345678»"],
      ["Germany", "«030/1234567» or «0171 1234567»"],
      ["the United Kingdom", "«020 7946 0958»"],
      ["Japan", "«090-1234-5678»"],
      ["Sweden", "«0157-548 89 12»"],
      ["Spain and Poland", "«612 345 678»"],
      ["Brazil", "«(11) 91234-5678»"],
      ["Russia", "«8 (495) 123-45-67»"],
      ["Italy from abroad", "«+39 06 1234 5678»"],
      ["a plain row of digits that is said to be one", 'phone: "«4155550123»"'],
      ["a short one that is said to be one", "Fax «9469 9966»"],
      ["said to be one afterwards", "«555 1234» (mobile)"],
      ["a Chinese mobile number in Chinese", "请拨打«13812345678»。"],
      ["the Chinese word", "电话：«62345678»"],
      ["nothing else in the text", "«4155550123»"],
      ["right behind its word", "tel«4155550123» tel:«4155550123» Tel.«030/1234567» TEL«+49 30 901820» tel:«555-1234»"],
      ["emphasised", "_«+49 30 901820»_ _call «415-555-0123»_"],
    ],
    passed: [
      ["an order number", "order 4155550123 of 9876543"],
      ["dates", "2024-11-18 18.11.2024 11/18/2024 01-02-2024 20241118"],
      ["a date and a time", "2024-11-18 10:30:00.123456"],
      ["versions", "10.15.7 v1.22.333.4444 2.0.0-415.555"],
      ["coordinates", "37.7749295, -122.4194155"],
      ["prices", "1 299 000 or 500 000 000 or 12.345.678,90"],
      ["an ISBN", "978-3-16-148410-0 0-306-40615-2 ISBN 0306406152"],
      ["a UUID", "550e8400-e29b-41d4-a716-446655440000"],
      ["numbers in code", "x = [100, 200, 3000]; y = 0x1234567 + 12345678;"],
      ["a row of equal groups", "080 087 078 069 068"],
      ["bits", "0110 1001 0110"],
      ["pages", "J. Chem. 12 (2004) 345-678"],
      ["a sum", "a+14155550123"],
      ["behind the end of another word", "hotel4155550123 intel4155550123"],
      ["no such country", "+999 123 456"],
      ["too long for the country", "+1 415 555 01234"],
      ["an ISSN", "ISSN 0378-5955"],
      ["part of a longer row", "1-415-555-0123-77"],
    ],
  },
  UsSsn: {
    found: [
      ["with dashes", "SSN: «123-45-6789»."],
      ["alone", "«078-05-1123»"],
      ["with spaces", "my number is «512 45 6789» ok"],
      ["with full stops", "«512.45.6789»"],
      ["the highest area", "(«899-99-9999»)"],
      ["the lowest", '{"ssn":"«001-01-0001»"}'],
      ["all together behind the word", "SSN «512456789»"],
      ["all together behind the words", "social security number: «512456789»"],
      ["emphasised", "_«123-45-6789»_ _SSN «512456789»_"],
      ["within a name", "ssn_«123-45-6789»_old"],
    ],
    passed: [
      ["area 000", "000-45-6789"],
      ["area 666", "666-45-6789"],
      ["an area of the 900s", "900-45-6789"],
      ["group 00", "123-00-6789"],
      ["serial 0000", "123-45-0000"],
      ["mixed separators", "123-45 6789"],
      ["part of a longer row", "1-123-45-6789 123-45-6789-1 2270-66-1551"],
      ["within digits", "0123-45-6789 123-45-67890"],
      ["nine digits of anything", "order 512456789"],
      ["with slashes", "123/45/6789"],
    ],
  },
  IpAddress: {
    found: [
      ["IPv4", "from «192.168.0.1»"],
      ["with a port", "http://«10.0.0.1»:8080/x"],
      ["with a prefix", "«172.16.0.0»/12"],
      ["at the end of a sentence", "It is «8.8.8.8»."],
      ["two", "«10.0.0.1»-«10.0.0.9»"],
      ["IPv6 in full", "«2001:0db8:85a3:0000:0000:8a2e:0370:7334»"],
      ["IPv6, shortened", "[«2001:db8::8a2e:370:7334»]:443"],
      ["IPv6, link-local with a zone", "ping «fe80::1%eth0»"],
      ["IPv6 with IPv4 in it", "«::ffff:192.0.2.1»"],
      ["IPv6 with IPv4 in it and no gap", "«0:0:0:0:0:FFFF:129.144.52.38»"],
      ["a prefix of IPv6", "route «2001:db8::»/32"],
      ["the loopback of IPv6", "listen on «::1»"],
      ["in upper case", "«FF01::101»,"],
      ["behind an @", "ssh root@«2001:db8::1»"],
      ["behind a label", "[IPv6:«2001:db8::1»] inet6 addr:«fe80::1» src:«2001:db8::7» host_a:«2001:db8::2»"],
      ["behind a label in Chinese", "地址：«2001:db8::1»"],
      ["in full, behind a label", "from:«2001:db8:85a3:8d3:1319:8a2e:370:7348»"],
      ["IPv6 behind a full stop", "It is.«2001:db8::1» or ...«fe80::1:2» or 1.«2001:db8:85a3:8d3:1319:8a2e:370:7348»"],
      ["a short one", "ping «1::8» or «64::1»/64, «1::2:3»"],
      ["emphasised", "_«10.0.0.1»_ _from «2001:db8::1»_"],
    ],
    passed: [
      ["an octet too large", "256.1.1.1 1.2.3.999"],
      ["a leading zero", "192.168.01.1"],
      ["three octets", "192.168.1"],
      ["five numbers", "1.2.3.4.5"],
      ["a version", "v1.2.3.4 version 1.2.3.4 python-3.4.2.4 1.2.3.4-beta 1.2.3.4.jar"],
      ["a time", "12:34:56 2024-11-18T12:34:56"],
      ["a hardware address", "00:1b:44:11:3a:b7 50:06:01:60:3b:a0:11:22"],
      ["a fingerprint", "16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48"],
      ["names of C++, Rust and Perl", "std::vector face::add a::b dead::beef"],
      ["a slice", "x[::1] x[::2] x[1::2]"],
      ["slices", "x[:, 1::2] x[1::2, 0] x[0, 1::2, 3] x[1::] x[10::20] a[i, 1::2]"],
      ["a label of a list", "1:: first\n2:: second"],
      ["a name behind a full stop", "x.face::a1 1.a1::b2 x.1::2"],
      ["nine groups", "1:2:3:4:5:6:7:8:9"],
      ["a fingerprint behind a label", "SHA1:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48:11:22:33:44"],
      ["two gaps", "2001::db8::1"],
      ["too many digits", "12345::1 2001:db8::12345"],
      ["within a word", "text192.168.1.1 192.168.1.1text xfe80::1"],
    ],
  },
  AwsAccessKey: {
    found: [
      ["of a user", `key=«AKIA${drawn(BASE32, 16)}»`],
      ["temporary", `"«ASIA${drawn(BASE32, 16)}»"`],
      ["of a bearer token", `«ABIA${drawn(BASE32, 16)}»`],
      ["of a context", `«ACCA${drawn(BASE32, 16)}».`],
      ["in an environment file", `AWS_ACCESS_KEY_ID=«AKIA${drawn(BASE32, 16)}»\n`],
      ["in a URL", `?AWSAccessKeyId=«AKIA${drawn(BASE32, 16)}»&x=1`],
      ["behind an escaped line end", `x\\n«AKIA${drawn(BASE32, 16)}»`],
      ["the one in AWS's documentation", "«AKIAIOSFODNN7EXAMPLE»"],
    ],
    passed: [
      ["too short", `AKIA${drawn(BASE32, 15)}`],
      ["too long", `AKIA${drawn(BASE32, 17)}`],
      ["in lower case", `akia${drawn(BASE32, 16).toLowerCase()}`],
      ["a small letter within", `AKIA${drawn(BASE32, 15)}x`],
      ["within a word", `XAKIA${drawn(BASE32, 16)}`],
      ["a role's id", `AROA${drawn(BASE32, 16)}`],
      ["a placeholder", `AKIA${"X".repeat(16)}`],
      ["a sequence of bases", `ASIA${"ACGT".repeat(4)}`],
    ],
  },
  GitHubToken: {
    found: [
      ["personal", `token: «${gh}p_${drawn(BASE62, 36)}»`],
      ["of OAuth", `«${gh}o_${drawn(BASE62, 36)}».`],
      ["of a user and an app", `"«${gh}u_${drawn(BASE62, 36)}»"`],
      ["of an installation", `«${gh}s_${drawn(BASE62, 36)}»\n`],
      ["to refresh", `«${gh}r_${drawn(BASE62, 76)}»`],
      ["fine-grained", `GITHUB_TOKEN=«github_pat_${drawn(BASE62, 22)}_${drawn(BASE62, 59)}»`],
      ["of an installation, signed", `«${gh}s_12345_${token({ alg: "RS256" }, 342)}» ok`],
      ["in a URL", `https://x:«${gh}p_${drawn(BASE62, 36)}»@github.com/a/b`],
      ["behind an underscore", `KEY_«${gh}p_${drawn(BASE62, 36)}»`],
    ],
    passed: [
      ["too short", `${gh}p_${drawn(BASE62, 30)}`],
      ["another letter", `${gh}x_${drawn(BASE62, 36)}`],
      ["within a word", `a${gh}p_${drawn(BASE62, 36)}`],
      ["a placeholder", `${gh}p_${"x".repeat(36)}`],
      ["words", `${gh}p_YOUR_PERSONAL_ACCESS_TOKEN_GOES_RIGHT_HERE`],
      ["a name in code", "ghs_handler github_pat_ ghp_ high_priority rough_p_value"],
      ["another prefix", `github_tok_${drawn(BASE62, 60)}`],
      ["broken by a dash", `${gh}p_${drawn(BASE62, 18)}-${drawn(BASE62, 18)}`],
    ],
  },
  OpenAiKey: {
    found: [
      ["of a user", `«${sk}${drawn(BASE62, 20)}${openAiMarker}${drawn(BASE62, 20)}»`],
      ["of a project", `OPENAI_API_KEY=«${sk}proj-${drawn(BASE64URL, 74)}${openAiMarker}${drawn(BASE64URL, 74)}»\n`],
      ["of a service account", `"«${sk}svcacct-${drawn(BASE64URL, 74)}${openAiMarker}${drawn(BASE64URL, 74)}»"`],
      ["of an administrator", `«${sk}admin-${drawn(BASE64URL, 58)}${openAiMarker}${drawn(BASE64URL, 58)}»,`],
      ["with the name of an account", `«${sk}bot1-${drawn(BASE62, 20)}${openAiMarker}${drawn(BASE62, 20)}»`],
      ["as the oldest are", `Bearer «${sk}${drawn(BASE62, 48)}»`],
      ["of a compatible provider", `«${sk}${drawn(HEX, 32)}»`],
      ["without a marker", `«${sk}proj-${drawn(BASE62, 48)}»`],
    ],
    passed: [
      ["too short", `${sk}${drawn(BASE62, 20)} ${sk}proj-${drawn(BASE62, 30)}`],
      ["a class of a stylesheet", "sk-fading-circle sk-cube-grid sk-circle12"],
      ["a placeholder", `${sk}${"x".repeat(48)} ${sk}proj-${"x".repeat(48)}`],
      ["words", `${sk}proj-YOUR_OPENAI_PROJECT_KEY_GOES_RIGHT_HERE_AND_SO_ON`],
      ["within a word", `task-${drawn(BASE62, 48)} disk-proj-${drawn(BASE62, 48)}`],
      ["behind a dash", `a-${sk}${drawn(BASE62, 48)}`],
      ["another prefix", `pk-${drawn(BASE62, 48)}`],
      ["no key at all", `${sk} and ${sk}proj- and sk`],
    ],
  },
  AnthropicKey: {
    found: [
      ["of the API", `«${sk}ant-api03-${drawn(BASE64URL, 93)}AA»`],
      ["of an administrator", `«${sk}ant-admin01-${drawn(BASE64URL, 93)}AA».`],
      ["of OAuth", `"«${sk}ant-oat01-${drawn(BASE64URL, 93)}AA»"`],
      ["to refresh", `«${sk}ant-ort01-${drawn(BASE64URL, 93)}AA»`],
      ["of a session", `sessionKey=«${sk}ant-sid01-${drawn(BASE64URL, 86)}-${drawn(BASE64URL, 8)}AA»;`],
      ["in an environment file", `ANTHROPIC_API_KEY=«${sk}ant-api03-${drawn(BASE64URL, 93)}AA»\n`],
      ["in JSON", `{"x-api-key":"«${sk}ant-api03-${drawn(BASE64URL, 93)}AA»"}`],
      ["behind a colon", `key:«${sk}ant-api03-${drawn(BASE64URL, 93)}AA»`],
    ],
    passed: [
      ["too short", `${sk}ant-api03-${drawn(BASE62, 20)}`],
      ["a placeholder", `${sk}ant-api03-${"x".repeat(95)}`],
      ["words", `${sk}ant-YOUR-API-KEY-HERE`],
      ["only the prefix", `${sk}ant-api03- and so on`],
      ["without a kind", `${sk}ant-${drawn(BASE62, 30)}`],
      ["within a word", `disk-ant-api03-${drawn(BASE64URL, 95)}`],
      ["in upper case", `SK-ANT-API03-${drawn(BASE62, 95).toUpperCase()}`],
      ["cut off", `${sk}ant-api03-${drawn(BASE62, 8)}...`],
    ],
  },
  SlackToken: {
    found: [
      ["of a bot", `«${slack}b-${hook}-${drawn(BASE62, 24)}»`],
      ["of an old bot", `"«${slack}b-${drawn(DIGITS, 11)}-${drawn(BASE62, 24)}»"`],
      ["of a user", `token=«${slack}p-${hook}-${drawn(DIGITS, 12)}-${drawn(HEX, 32)}»`],
      ["of an app", `«xa${"pp"}-1-A${drawn(DIGITS, 10)}-${drawn(DIGITS, 13)}-${drawn(HEX, 64)}».`],
      ["of a workspace", `«${slack}a-2-${hook}-${drawn(HEX, 18)}»`],
      ["to refresh", `«${slack}e-1-${drawn(BASE62, 146)}»`],
      ["of a configuration", `«${slack}e.${slack}p-1-${drawn(BASE62, 163)}»`],
      ["of a browser", `«${slack}c-${hook}-${drawn(DIGITS, 12)}-${drawn(HEX, 64)}»`],
    ],
    passed: [
      ["a placeholder", `${slack}b-xxxxxxxxxxx-xxxxxxxxxxxxxxxxxxxxxxxx`],
      ["words", `${slack}b-my-bot-token-goes-here ${slack}p-your-token`],
      ["numbers only", `${slack}p-1234567890`],
      ["short numbers", `${slack}p-1234-1234-1234-${drawn(HEX, 32)}`],
      ["a made-up configuration", `${slack}e.${slack}p-1-RANDOMSTRING7HERE`],
      ["within a word", `fo${slack}b-${hook}-${drawn(BASE62, 24)}`],
      ["hugs and kisses", `${slack}o-2018-indieweb ${slack}o`],
      ["a part of a file's name", `1W7KCx${slack}P-1Fy5EyF2lbJGE2WuKmu5v0suYqoHas`],
    ],
  },
  GoogleApiKey: {
    found: [
      ["alone", `«AI${"za"}Sy${drawn(BASE64URL, 33)}»`],
      ["in a URL", `?key=«AI${"za"}Sy${drawn(BASE64URL, 33)}»&q=x`],
      ["in JSON", `{"apiKey":"«AI${"za"}Sy${drawn(BASE64URL, 33)}»"}`],
      ["at the end of a sentence", `It is «AI${"za"}Sy${drawn(BASE64URL, 33)}».`],
      ["in an environment file", `GOOGLE_API_KEY=«AI${"za"}Sy${drawn(BASE64URL, 33)}»\n`],
      ["another beginning", `«AI${"za"}${drawn(BASE64URL, 35)}»`],
      ["in quotation marks", `'«AI${"za"}Sy${drawn(BASE64URL, 33)}»'`],
      ["behind a colon", `key:«AI${"za"}Sy${drawn(BASE64URL, 33)}»`],
    ],
    passed: [
      ["too short", `AI${"za"}Sy${drawn(BASE64URL, 32)}`],
      ["too long", `AI${"za"}Sy${drawn(BASE62, 34)}`],
      ["within a word", `xAI${"za"}Sy${drawn(BASE62, 33)}`],
      ["a placeholder", `AI${"za"}${"a".repeat(35)}`],
      ["in upper case", `AIZASY${drawn(BASE32, 33)}`],
      ["words", `AI${"za"}Sy-YOUR-GOOGLE-API-KEY-GOES-RIGHT-HERE`],
      ["broken by a space", `AI${"za"}Sy${drawn(BASE62, 16)} ${drawn(BASE62, 17)}`],
      ["only the prefix", `AI${"za"}Sy...`],
    ],
  },
  StripeKey: {
    found: [
      ["secret and live", `«s${"k_"}live_${drawn(BASE62, 24)}»`],
      ["secret, for tests", `"«s${"k_"}test_${drawn(BASE62, 24)}»"`],
      ["restricted", `«r${"k_"}live_${drawn(BASE62, 24)}».`],
      ["restricted, for tests", `key=«r${"k_"}test_${drawn(BASE62, 24)}»`],
      ["long", `«s${"k_"}live_51${drawn(BASE62, 97)}»`],
      ["in an environment file", `STRIPE_KEY=«s${"k_"}test_${drawn(BASE62, 24)}»\n`],
      ["as the user of a URL", `curl -u «s${"k_"}test_${drawn(BASE62, 24)}»:`],
      ["of an organisation", `«s${"k_"}org_live_${drawn(BASE62, 64)}» «s${"k_"}org_${drawn(BASE62, 24)}»`],
      ["in quotation marks", `Stripe('«s${"k_"}live_${drawn(BASE62, 24)}»')`],
    ],
    passed: [
      ["publishable, which is no secret", `p${"k_"}live_${drawn(BASE62, 24)}`],
      ["too short", `s${"k_"}live_${drawn(BASE62, 8)}`],
      ["within a word", `tas${"k_"}test_${drawn(BASE62, 24)}`],
      ["neither live nor for tests", `s${"k_"}prod1_${drawn(BASE62, 24)}`],
      ["a placeholder", `s${"k_"}live_${"x".repeat(24)}`],
      ["words", `s${"k_"}test_YourSecretKeyGoesHere`],
      ["a name in code", "risk_test_suite rk_live_view sk_test_helper sk_org_unit_descriptor_name_2"],
      ["a secret of webhooks", `whsec_${drawn(BASE62, 32)}`],
    ],
  },
  PrivateKey: {
    found: [
      ["RSA", `key:\n«${privateKey("RSA PRIVATE KEY", 4)}»\nend`],
      ["PKCS #8", `«${privateKey("PRIVATE KEY", 3)}»`],
      ["encrypted", `«${privateKey("ENCRYPTED PRIVATE KEY", 3)}»`],
      ["of an elliptic curve", `"«${privateKey("EC PRIVATE KEY", 2)}»"`],
      ["OpenSSH", `«${privateKey("OPENSSH PRIVATE KEY", 5, "\r\n")}»\r\n`],
      ["OpenPGP", `«${privateKey("PGP PRIVATE KEY BLOCK", 5).replace("-\n", "-\nVersion: GnuPG v2\n\n")}» x`],
      ["with the line ends of JSON", `{"private_key":"«${privateKey("PRIVATE KEY", 3, "\\n")}»\\n"}`],
      ["joined in code", `x = "«${privateKey("PRIVATE KEY", 3, '\\n" +\n "')}»";`],
      ["whose end never comes", `«${privateKey("RSA PRIVATE KEY", 3).slice(0, 180)}»`],
      ["all in one line", `«${privateKey("PRIVATE KEY", 2, "")}»`],
      ["SSH2", `«${sshPrivateKey(4)}»\n`],
      ["PuTTY", `key: «${puttyKey(2, "\r\n", 40)}»\r\nend`],
      ["PuTTY's newer", `"«${puttyKey(3, "\\n", 64)}»"`],
      ["age", `# public key: age1x\n«AGE-SECRET-KEY-1${drawn(BECH32, 58)}»\n`],
    ],
    passed: [
      ["a public key", privateKey("PUBLIC KEY", 3)],
      ["a certificate", privateKey("CERTIFICATE", 3)],
      [
        "code that names the first line",
        `if (pem.startsWith("${privateKey("PRIVATE KEY", 0).split("\n")[0]}")) return;`,
      ],
      ["code that puts one together", `"${privateKey("PRIVATE KEY", 0).split("\n")[0]}\\n" + body + "\\n"`],
      ["nothing between the lines", privateKey("RSA PRIVATE KEY", 0)],
      ["a placeholder", privateKey("PRIVATE KEY", 0).replace("\n", "\n...\n")],
      ["without dashes", privateKey("PRIVATE KEY", 2).replaceAll("-----", "")],
      ["no name", privateKey("", 2)],
      [
        "PuTTY's first line alone",
        "if line.startswith('PuTTY-User-Key-File-2: ') or PuTTY-User-Key-File-2: ssh-rsa\nand",
      ],
      ["an SSH2 public key", sshPrivateKey(2).replaceAll("ENCRYPTED PRIVATE", "PUBLIC")],
      ["age's beginning alone", "AGE-SECRET-KEY-1... AGE-SECRET-KEY-1XXX AGE-SECRET-KEY-1" + "Q".repeat(58)],
    ],
  },
  Jwt: {
    found: [
      ["signed", `«${token({ alg: "HS256", typ: "JWT" })}»`],
      ["in a header", `Authorization: Bearer «${token({ alg: "RS256", kid: "a" }, 342)}»\n`],
      ["the algorithm last", `"«${token({ typ: "JWT", kid: "k1", alg: "ES256" }, 86)}»"`],
      ["without a signature", `«${json64({ alg: "none" })}.${payload}»`],
      ["with a full stop behind", `«${json64({ alg: "none" })}.${payload}».`],
      [
        "encrypted, in five parts",
        `«${json64({ alg: "A256KW", enc: "A256GCM" })}.${payload}.${drawn(BASE64URL, 16)}.${drawn(BASE64URL, 40)}.${drawn(BASE64URL, 22)}»,`,
      ],
      [
        "line ends in the header",
        `«${Buffer.from('{"typ":"JWT",\r\n "alg":"HS256"}').toString("base64url")}.${payload}»`,
      ],
      [
        "encrypted with a key that is agreed on",
        `«${json64({ alg: "dir", enc: "A256GCM" })}..${drawn(BASE64URL, 16)}.${drawn(BASE64URL, 40)}.${drawn(BASE64URL, 22)}».`,
      ],
      ["without its payload", `x-jws: «${json64({ alg: "ES256" })}..${drawn(BASE64URL, 86)}»`],
      ["indented", `«${Buffer.from('{\n  "alg": "HS256"\n}').toString("base64url")}.${payload}»`],
      ["in a URL", `?token=«${token({ alg: "HS256" })}»&x=1`],
    ],
    passed: [
      ["a header without an algorithm", `${json64({ typ: "JWT" })}.${payload}.${drawn(BASE64URL, 43)}`],
      ["an algorithm only in a value", `${json64({ typ: "alg" })}.${payload}.${drawn(BASE64URL, 43)}`],
      ["no JSON", `${Buffer.from("eyeball").toString("base64url")}.${payload}.x`],
      ["a header that does not end", `${json64({ alg: "HS256" }).slice(0, -4)}.${payload}.x`],
      ["only a header", json64({ alg: "HS256", typ: "JWT" })],
      ["a header and an ellipsis", `${json64({ alg: "HS256", typ: "JWT" })}... then`],
      ["a header and a full stop", `${json64({ alg: "HS256", typ: "JWT" })}. Then`],
      ["within a word", `x${token({ alg: "HS256" })}`],
      ["random letters", "eyJAAAA.eyJBBB.eyJCCCC"],
      ["a name in code", "eyJ ewok framework.eyJ"],
    ],
  },
  ConnectionString: {
    found: [
      ["PostgreSQL", `«postgres://app:${password}@db.example.com:5432/app»`],
      ["MySQL through a driver", `"«mysql+pymysql://root:${password}@127.0.0.1/x?charset=utf8»"`],
      ["MongoDB", `URI=«mongodb+srv://u:${password}@cluster0.example.net/db?retryWrites=true&w=majority»\n`],
      ["Redis without a user", `«redis://:${password}@cache:6379/0».`],
      ["AMQP", `(«amqps://u:${password}@mq.example.com/vhost»)`],
      ["an @ in the password", `«mysql://u:p@ss${password}@db/x»`],
      ["several hosts", `«mongodb://u:${password}@a:1,b:2/db»`],
      ["a host of IPv6", `«postgres://u:${password}@[2001:db8::1]:5432/db»`],
      ["JDBC", `jdbc:«mysql://u:${password}@db/x»`],
      [
        "Azure Storage",
        `DefaultEndpointsProtocol=https;AccountName=a;«AccountKey=${azureKey}»;EndpointSuffix=core.windows.net`,
      ],
      [
        "Azure Service Bus",
        `Endpoint=sb://x.example.net/;SharedAccessKeyName=r;«SharedAccessKey=${azureKey.slice(44)}»`,
      ],
      ["ADO", `Server=db;Database=x;User Id=sa;«Password=${password}»;Encrypt=True`],
      ["ADO, the password first", `"«Pwd=${password}»;Server=db;Uid=sa"`],
      ["libpq", `host=db port=5432 user=app «password=${password}» dbname=x`],
      ["libpq, quoted", `host=db user=app «password='${password} x'» dbname=x`],
      ["ADO, quoted", `Server=db;Uid=sa;«Password='${password};'»;Encrypt=True`],
      ["ADO, quoted and the password first", `«Password="${password}"»;Server=db;Uid=sa`],
      ["JDBC with a query", `jdbc:mysql://db/x?user=app&«password=${password}»&useSSL=true`],
      ["PostgreSQL with a query", `"postgresql://db/x?«password=${password}»"`],
      ["Oracle's thin driver", `url="«jdbc:oracle:thin:scott/${password}@db.example.com:1521:orcl»"`],
      ["Oracle's other driver, a service", `«jdbc:oracle:oci:scott/${password}@//db:1521/svc» x`],
      ["Oracle's, a description", `«jdbc:oracle:thin:scott/${password}@(DESCRIPTION=(ADDRESS=(HOST=db)(PORT=1521»)))`],
    ],
    passed: [
      ["no password", "postgres://app@db.example.com/app postgres://db:5432/app"],
      ["the web's", `https://user:${password}@example.com/ http://u:${password}@x`],
      ["a variable", "postgres://app:${PASSWORD}@db/app mysql://u:$PASS@db"],
      ["a template", "postgres://{user}:{password}@db/app postgres://<user>:<password>@db"],
      ["a placeholder", "mongodb://u:YOUR_PASSWORD@db mysql://u:****@db mysql://u:xxxxx@db"],
      ["an empty password", "postgres://app:@db/app"],
      ["no host", `postgres://app:${password}@ and more`],
      ["a port", "redis://cache:6379/0"],
      ["a quote that does not end", `Server=db;Password='${password}\n`],
      ["a query of no URL", `x?user=a&password=${password}`],
      ["an assignment", `password=${password}\nDB_PASSWORD=${password}`],
      ["a short key", "AccountName=a;AccountKey=abc;x=1"],
      ["a variable in a string", "Server=db;Password=${password};Uid=sa"],
      ["a query of the web", `https://example.com/?user=a&password=${password}`],
      [
        "Oracle's without a password",
        "jdbc:oracle:thin:@db:1521:orcl jdbc:oracle:thin:scott/@db:1521:orcl jdbc:oracle:thin:@//db/a@b",
      ],
      ["Oracle's template", "jdbc:oracle:thin:${user}/${password}@db jdbc:oracle:thin:scott/<password>@db"],
      ["another driver", `jdbc:other:thin:scott/${password}@db oracle:thin:scott/${password}@db`],
    ],
  },
};

/** Every split into two, and into single bytes. */
function* splits(length: number): Generator<number[]> {
  for (let cut = 0; cut <= length; cut++) yield [cut];
  yield [...Array(length).keys()];
}

const HOLDS = [64, 256];

describe.each(Object.entries(CASES))("%s", (kind, { found, passed }) => {
  test.each(found)("is found: %s", (_name, marked) => {
    const { text, hits } = read(marked, kind);
    for (const hold of HOLDS) {
      m.configure(hold, [kind]);
      expect(m.find(text)).toEqual(hits);
      for (const cuts of splits(text.length)) expect(m.find(text, cuts), `cut at ${cuts}`).toEqual(hits);
    }
  });

  test.each(passed)("is not found: %s", (_name, text) => {
    const bytes = Buffer.from(text);
    for (const hold of HOLDS) {
      m.configure(hold, [kind]);
      expect(m.find(bytes)).toEqual([]);
      for (const cuts of splits(bytes.length)) expect(m.find(bytes, cuts), `cut at ${cuts}`).toEqual([]);
    }
  });

  test.each(found)("is the same with all kinds wanted: %s", (_name, marked) => {
    const { text, hits } = read(marked, kind);
    m.configure(256);
    expect(m.find(text).filter((hit) => hit.kind === kind)).toEqual(hits);
  });
});

test("every kind has its cases", () => {
  expect(Object.keys(CASES)).toEqual(m.kinds);
  for (const { found, passed } of Object.values(CASES)) {
    expect(Math.min(found.length, passed.length)).toBeGreaterThanOrEqual(8);
  }
});
