"""Zhinan: service guides, dossiers, assessments and simulated approvals on Plone."""

import logging

from zope.i18nmessageid import MessageFactory

PACKAGE_NAME = "zhinan"

_ = MessageFactory(PACKAGE_NAME)

logger = logging.getLogger(PACKAGE_NAME)
