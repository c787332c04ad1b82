"""Two hundred emails that try to act when they are looked at: to run, to fetch, to lead away, to ask for words."""

from collections.abc import Iterator
from itertools import cycle, islice

SCRIPTS = (
    "<script>alert(1)</script>",
    "<script src={canary}></script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<div onmouseover=alert(1) style='width:100%;height:900px'>x</div>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<svg onload=alert(1)></svg>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:alert(1)'><text y=20>x</text></a></svg>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "<math href='javascript:alert(1)'>x</math>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' &#106;ava&#115;cript&colon;alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src='javascript:alert(1)'>",
    "<template><script>alert(1)</script></template>",
    "<xss contenteditable onblur=alert(1) tabindex=1 autofocus>x</xss>",
)
FETCHES = (
    "<img src={canary}>",
    "<img srcset='{canary} 1x, {canary}2 2x'>",
    "<picture><source srcset={canary}><img></picture>",
    "<img src='//{host}/x'>",
    "<img lowsrc={canary} dynsrc={canary}>",
    "<image src={canary}>",
    "<iframe src={canary}></iframe>",
    "<frameset><frame src={canary}></frameset>",
    "<object data={canary}></object>",
    "<embed src={canary}>",
    "<video src={canary} poster={canary} autoplay></video>",
    "<audio src={canary} autoplay></audio>",
    "<track src={canary}>",
    "<link rel=stylesheet href={canary}>",
    "<link rel=prefetch href={canary}>",
    "<link rel=dns-prefetch href={canary}>",
    "<link rel=preconnect href={canary}>",
    "<link rel=preload as=image href={canary}>",
    "<link rel=prerender href={canary}>",
    "<link rel=icon href={canary}>",
    "<link rel=modulepreload href={canary}>",
    '<script type=speculationrules>{{"prefetch":[{{"urls":["{canary}"]}}]}}</script>',
    "<style>@import '{canary}';</style>",
    "<style>@import url({canary});body{{background:url({canary})}}</style>",
    "<style>@font-face{{font-family:a;src:url({canary})}}*{{font-family:a}}</style>",
    "<style>*{{cursor:url({canary}),auto}}</style>",
    "<div style='background:url({canary})'>x</div>",
    "<div style='background-image:u\\72l({canary})'>x</div>",
    "<div style='list-style:url({canary})'>x</div>",
    "<div style='border-image:url({canary}) 1'>x</div>",
    "<div style='content:url({canary})'>x</div>",
    "<div style='background:image-set(\"{canary}\" 1x)'>x</div>",
    "<div style='behavior:url({canary})'>x</div>",
    "<div style='filter:url({canary}#a)'>x</div>",
    "<div style='color:red;--a:url({canary});background:var(--a)'>x</div>",
    "<table background={canary}><tr><td background={canary}>x</td></tr></table>",
    "<body background={canary}>",
    "<svg><image href={canary} xlink:href={canary} width=9 height=9 /></svg>",
    "<svg><use href='{canary}#a'></use></svg>",
    "<svg><feImage href={canary} /></svg>",
    "<input type=image src={canary}>",
    "<a href=x ping={canary}>x</a>",
    "<bgsound src={canary}>",
    "<html manifest={canary}>",
    "<applet code={canary} archive={canary}></applet>",
)
LEADS = (
    "<meta http-equiv=refresh content='0;url={canary}'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<meta http-equiv=refresh content='0;url=data:text/html,<script>alert(1)</script>'>",
    '<meta http-equiv=Content-Security-Policy content="default-src *"><img src={canary}>',
    "<meta http-equiv=set-cookie content='lifeline=stolen'>",
    "<base href={canary}><img src=x>",
    "<base target=_top><a href={canary}>x</a>",
    "<form action={canary}><input name=password><button autofocus>Sign in</button></form>",
    "<form action={canary} id=f></form><button form=f formaction={canary}>x</button>",
    "<isindex action={canary} type=image src={canary}>",
    "<portal src={canary}></portal>",
    "<fencedframe src={canary}></fencedframe>",
    "<a href={canary} target=_top style='position:fixed;inset:0;z-index:9;display:block'>x</a>",
    "<div style='position:fixed;top:0;left:0;width:100vw;height:100vh;background:#fff'>Sign in again</div>",
    "<dialog open>Sign in <form method=dialog></form></dialog>",
    "<div popover id=p>x</div><button popovertarget=p autofocus>x</button>",
    "<div hx-get={canary} hx-trigger=load>x</div>",
    "<div data-hx-on:load='alert(1)'>x</div>",
)
MUTANTS = (
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src={canary} onerror=alert(1)&gt;'>",
    "<svg></p><style><a id='</style><img src={canary} onerror=alert(1)>'>",
    "<noscript><p title='</noscript><img src={canary} onerror=alert(1)>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src={canary} onerror=alert(1)>",
    "<svg><style>{{}}*{{background:url({canary})}}</style></svg>",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    "<svg><foreignObject><iframe src={canary}></iframe></foreignObject></svg>",
    "<textarea><img title='</textarea><img src={canary} onerror=alert(1)>'></textarea>",
    "<title><img title='</title><img src={canary} onerror=alert(1)>'></title>",
    "<xmp><p title='</xmp><img src={canary} onerror=alert(1)>'>",
    "<noembed><p title='</noembed><img src={canary} onerror=alert(1)>'>",
    "<plaintext><img src={canary} onerror=alert(1)>",
    "<select><template><img src={canary} onerror=alert(1)></template></select>",
    "<!--><img src={canary} onerror=alert(1)>-->",
    "<!--a--!><img src={canary} onerror=alert(1)>",
    "<![CDATA[<img src={canary} onerror=alert(1)>]]>",
    "<?xml version='1.0'?><?php <img src={canary} onerror=alert(1)> ?>",
    "<b><i></b><img src={canary} onerror=alert(1)></i>",
    "<table><tr><div><img src={canary} onerror=alert(1)></table></div>",
    "<a href='x'><a href='javascript:alert(1)'>x</a></a>",
    "<img src='x\0' \0onerror=alert(1)>",
    "<IMG/SRC=x/ONERROR=alert(1)>",
    "<img src=x onerror\n=\nalert(1)>",
    '<p title="</p><script>alert(1)</script>">x</p>',
)
HUGE = (
    "<div>" * 3_000 + "x",
    "<b>" * 3_000 + "<img src={canary} onerror=alert(1)>",
    "".join(f"<font color=#{number:03x}>" for number in range(400)) + "<p>x" * 400,
    "<table>" * 500 + "<img src={canary} onerror=alert(1)>",
    "<blockquote>" * 1_000 + "<script>alert(1)</script>",
    "<p>words</p>" * 30_000 + "<script>alert(1)</script>",
    "<a href=x>" * 2_000,
    "<svg>" * 1_000 + "<script>alert(1)</script>",
    "<img src={canary}>" * 5_000,
    "&#x" * 50_000 + "<script>alert(1)</script>",
)
WRAPPED = ("{}", "<table><tr><td>{}</td></tr></table>", "<blockquote class=gmail_quote>{}</blockquote>", "<p>{}</div>")


def emails(canary: str) -> Iterator[str]:
    """Give two hundred pieces of HTML, each with "words N" in front."""
    host = canary.partition("//")[2].partition("/")[0]
    small = [one for kind in (SCRIPTS, FETCHES, LEADS, MUTANTS) for one in kind]
    many = [*((one, "{}") for one in HUGE), *zip(cycle(small), _wraps(len(small)), strict=False)]
    for number, (piece, wrap) in enumerate(islice(many, 200) if len(many) >= 200 else many):
        aimed = piece.replace("{canary}", f"{canary}{number}").replace("{host}", host)
        yield f"<p>words {number}</p>" + wrap.format(aimed.replace("{{", "{").replace("}}", "}"))


def _wraps(each: int) -> Iterator[str]:
    """Give each wrapper as often as there are pieces, so that the second round is wrapped otherwise than the first."""
    for wrap in WRAPPED:
        yield from [wrap] * each
