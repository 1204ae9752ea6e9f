"""Use cases: find a category by what a caller says, find and read an article."""

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.text import Bilingual, Text
from kit.errors import NotFoundError
from services.complaints.calls.knowledge import repository
from services.complaints.calls.knowledge.lists import KNOWLEDGE, Article
from services.complaints.calls.knowledge.rules import weight
from services.complaints.calls.knowledge.schemas import ArticleOut, ArticleRow, Articles, FoundCategories, FoundCategory
from services.complaints.schemas import TAXONOMY


def find_categories(typed: str) -> FoundCategories:
    """Best first; all of them, in the taxonomy's order, where nothing was typed."""
    known = TAXONOMY.categories
    if typed.strip():
        weighed = [(weight(typed, f"{one.en} {one.bn}", one.words), one) for one in known]
        known = tuple(one for found, one in sorted(weighed, key=lambda pair: -pair[0]) if found)
    return FoundCategories(
        version=TAXONOMY.version,
        items=[
            FoundCategory(
                code=one.code, name=Bilingual.of(Text(one.en, one.bn)), kind=one.kind, severity=one.severity, restricted=one.restricted
            )
            for one in known
        ],
    )


async def find_articles(session: AsyncSession, typed: str) -> Articles:
    """Best first. Where nothing was typed: what is read most."""
    used = await repository.times_used(session)
    if typed.strip():
        weighed = [(_weight(typed, one), one) for one in KNOWLEDGE.articles]
        chosen = [one for found, one in sorted(weighed, key=lambda pair: -pair[0]) if found]
    else:
        chosen = sorted(KNOWLEDGE.articles, key=lambda one: -used.get(one.code, 0))
    items = [ArticleRow(code=one.code, title=Bilingual.of(one.title), as_of=one.as_of, used=used.get(one.code, 0)) for one in chosen]
    return Articles(version=KNOWLEDGE.version, items=items)


async def get_article(session: AsyncSession, code: str) -> ArticleOut:
    """Raises `NotFoundError`."""
    if not KNOWLEDGE.has(code):
        raise NotFoundError
    one = KNOWLEDGE.article(code)
    used = await repository.times_used(session)
    return ArticleOut(
        code=one.code,
        title=Bilingual.of(one.title),
        as_of=one.as_of,
        used=used.get(code, 0),
        body=[Bilingual.of(part) for part in one.body],
        mark=one.mark,
        source=one.source,
    )


def _weight(typed: str, article: Article) -> int:
    return weight(typed, f"{article.title.en} {article.title.bn}", article.words)
