"""Zhinan: service guides, dossiers, assessments and simulated approvals on Plone."""

from zope.i18nmessageid import MessageFactory

import logging


PACKAGE_NAME = "zhinan"

_ = MessageFactory(PACKAGE_NAME)

logger = logging.getLogger(PACKAGE_NAME)
