"""From bilingual FAQ articles to a searchable index on disk."""

from indexer.article import LANGS, Article, Lang, Section
from indexer.build import ModelChoice, Report, build
from indexer.encoder import Encoder, EncoderError, SentenceTransformerEncoder
from indexer.faults import Fault, SourceError
from indexer.identity import BUNDLED
from indexer.knowledge import KnowledgeBase, read_knowledge_base
from indexer.lean import BertEncoder, open_encoder
from indexer.passages import Passage
from indexer.store import Index, StoreError, open_index

__all__ = [
    "BUNDLED",
    "LANGS",
    "Article",
    "BertEncoder",
    "Encoder",
    "EncoderError",
    "Fault",
    "Index",
    "KnowledgeBase",
    "Lang",
    "ModelChoice",
    "Passage",
    "Report",
    "Section",
    "SentenceTransformerEncoder",
    "SourceError",
    "StoreError",
    "build",
    "open_encoder",
    "open_index",
    "read_knowledge_base",
]
