"""The plain form of a text, near enough to what the guard hands to the classifier: look-alikes and compatibility forms as plain letters, no accents, nothing invisible."""

import re
import unicodedata

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]")

# After decomposition and in lower case, as the guard folds them, wherever they stand: also in a Russian word.
_LOOKS = (
    "\u00a1\u00d7ðøþđħıłŋŧƀƃƅƈƌƍƒƙƚƞƥƨƫƭƴƶƻƽƿǀǝǥȝȣȥȷȼɇɉɍɏɐɑɒɓɔɖɗɘəɛɜɟɠɡɢɣɥɦ"
    "ɧɨɩɪɫɬɭɯɱɲɳɴɵɷɹɼɽɾʀʂʃʄʅʇʈʉʊʋʌʍʎʏʐʒʙʜʝʞʟʠαβγεζηθικμνορςστυχϝϩ"
    "ϭϳϸϻавгекмнорстухшьєѕіјћџѡѣѳѵѽҍғқҟңҫҭүұҳһҽҿӈӊӎӏөԁԍԛԝՠագզհղյո"
    "ռստցւքօ\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669\u06f0\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7\u06f8\u06f9\u07c0\u07c1\u07c2\u07c3\u07c4\u07c5\u07c6\u07c7\u07c8\u07c9।०१२३४५६७८९০১২৩৪৫৬৭৮৯੦੧"
    "੨੩੪੫੬੭੮੯૦૧૨૩૪૫૬૭૮૯୦୧୨୩୪୫୬୭୮୯௦௧௨௩௪௫௬௭௮௯౦౧౨౩౪౫౬౭౮౯೦೧೨೩೪೫೬೭೮೯൦൧"
    "൨൩൪൫൬൭൮൯෦෧෨෩෪෫෬෭෮෯๐๑๒๓๔๕๖๗๘๙໐໑໒໓໔໕໖໗໘໙༠༡༢༣༤༥༦༧༨༩၀၁၂၃၄၅၆၇၈၉႐႑"
    "႒႓႔႕႖႗႘႙ᏺᏻᏼᐯᑌᑎᑕᑧᑫᑭᑯᑲᑳᒆᒇᒈᒍᒪᒿᔕᕁᕼᕽᖇᖯᖴᗅᗞᗩᗪᗯᗰᗴᗷᘔᘖ᙭᙮០១២៣៤៥៦៧៨៩᠐᠑᠒᠓"
    "᠔᠕᠖᠗᠘᠙᥆᥇᥈᥉᥊᥋᥌᥍᥎᥏᧐᧑᧒᧓᧔᧕᧖᧗᧘᧙᪀᪁᪂᪃᪄᪅᪆᪇᪈᪉᪐᪑᪒᪓᪔᪕᪖᪗᪘᪙᭐᭑᭒᭓᭔᭕᭖᭗᭘᭙᮰᮱᮲᮳"
    "᮴᮵᮶᮷᮸᮹᱀᱁᱂᱃᱄᱅᱆᱇᱈᱉᱐᱑᱒᱓᱔᱕᱖᱗᱘᱙ᲂᲃᲄᳵᴀᴄᴅᴇᴉᴊᴋᴍᴏᴑᴘᴛᴜᴠᴡᴢᴦᵮᵯᵰᵲᵴᵵᵶᵷᵻᵼᵽᵾᶃ"
    "ᶌᶍẝỿ\u212e\u21bf\u2205\u2228\u222a\u2296\u229d\u22a4\u22c1\u22c3\u22ff\u2300⍡⍥⍬⍳⍴⍶⍸⍺\u23fd\u24f5\u24f6\u24f7\u24f8\u24f9\u24fa\u24fb\u24fc\u24fd\u24ff\u2573\u2715\u2716\u2776\u2777\u2778\u2779\u277a\u277b\u277c\u277d\u277e\u2780\u2781\u2782\u2783\u2784\u2785\u2786\u2787\u2788\u278a\u278b\u278c\u278d"
    "\u278e\u278f\u2790\u2791\u2792\u27d9\u292b\u292c\u29e2\u2a2f\u2a30ⱦⱨⱪⱬⲃⲅⲍⲏⲑⲓⲕⲙⲛⲝⲟⲣⲥⲧⲩⲭⲽⳅⳋⳍⳏⳑⳓⳝꭰꭱꭲꭴꭵꭹꭺꭻꭼꮁꮃꮇꮋꮍꮎꮏꮐꮒꮓꮜꮞ"
    "ꮟꮢꮤꮥꮩꮪꮮꮯꮲꮶꮷꮻꮾ"
)
_LIKE = (
    "ixdopdhilntbbbcdgfklnp2ttyz25pleg38zjcejryaaabcddeeeejgggyhh"
    "hiiilllmmnnnoorrrjrssfsttuuuvwyyz3bhjklqabyezhoikmnopootyxf2"
    "ojpmabrekmhopctyxwbesijhuwbovwbrkkhctyyxheehhmlodgqwmwqqhnjn"
    "nusgifo012345678901234567890123456789l0123456789012345678901"
    "234567890123456789012345678901234567890123456789012345678901"
    "234567890123456789012345678901234567890123456789012345678901"
    "23456789hgbvuncuqpdbbpdbjl2sxhxrbfadadwmebz2xx01234567890123"
    "456789012345678901234567890123456789012345678901234567890123"
    "45678901234567890123456789oc7xacdeijkmooptuvwzrfmnrstzgiipug"
    "yxfyelovuootvueotooipaial1234567890xxx1234567891234567891234"
    "56789txxwxxthkzbrzhoikmn3opctyxw393pl66drtoiyajerwmhyotghzu4"
    "brwsvslcpkdo6"
)
_LOOK_ALIKES = str.maketrans(dict(zip(_LOOKS, _LIKE)) | {"ß": "ss", "æ": "ae", "œ": "oe"})


def plain(text):
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    letters = (letter for letter in unicodedata.normalize("NFD", text) if ord(letter) >= 0x700 or unicodedata.category(letter) != "Mn")
    text = "".join(letter if letter < "\x80" else letter.lower() for letter in unicodedata.normalize("NFC", "".join(letters)))
    return text.translate(_LOOK_ALIKES).encode("utf-8", "ignore")
