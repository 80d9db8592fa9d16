"""How much a digest may hold. Beyond these it is a mistake or an attack, and is refused whole."""

MOST_BYTES = 64_000_000  # unpacked; a busy month of arXiv is 20 MB
MOST_RATIO = 100  # unpacked to packed; text packs four- to tenfold, bombs a thousandfold
SMALL = (
    1_000_000  # bytes that may unpack at any ratio: they harm nobody, and short repetitive pages pack well
)
MOST_MEMBERS = 10_000  # parts of one gzip; block-wise writers make one for every 64 kB

MOST_PAPERS = 50_000  # a busy month of arXiv is 11,195 rows
MOST_TITLE = 500  # characters; the longest in that month has 216
MOST_ABSTRACT = 20_000  # characters; the longest in that month has 2,304
MOST_LINES = 200_000  # of a page: ten thousand papers wrapped at 80 columns
MOST_LINE = 40_000  # characters of a line of a page: an abstract with room for markup
MOST_WORDS = 5_000  # characters of any other text of a row: comment, name, category
MOST_URL = 2_000  # characters; what browsers and chat platforms take
MOST_LINKS = 20  # of one paper; the first ones are kept
MOST_NESTING = 20  # lists and objects inside one another; rows of known sources have three
