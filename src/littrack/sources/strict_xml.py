"""XML of arXiv's services, read strictly: whole to its last tag, or refused. Never repaired."""

from __future__ import annotations

from lxml import etree

from littrack.errors import SourceMalformed


def parse_xml(body: bytes) -> etree._Element:
    """The root element; comments and processing instructions are left out.

    Raises:
        SourceMalformed: not well-formed to its end, or with a document type (entities could come
            with it; arXiv's answers have none).
    """
    parser = etree.XMLParser(
        recover=False,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as exc:
        raise SourceMalformed(f"the answer is not whole XML ({exc})", body) from exc
    if root.getroottree().docinfo.internalDTD is not None:
        raise SourceMalformed("the answer has a document type; arXiv's have none", body)
    return root
