"""Supervision (督查): timelines, the trail for people, supervision notices."""
