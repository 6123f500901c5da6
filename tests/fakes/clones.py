"""Copies of a PostgreSQL database that nobody changes any more, each for one test."""

from collections import Counter

import psycopg

from tests.fakes.postgresql import Server

MOST_USES = 50
"""Then what was deleted in it makes it slow: nobody vacuums."""

_SHAPE = """
    SELECT md5(string_agg(concat_ws(' ', relname, relkind, attname, atttypid, attnotnull, attnum), ' '
               ORDER BY relname, attnum)) AS shape
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = 'public'::regnamespace
"""
_KEEP = f"""
    DROP SCHEMA IF EXISTS kept CASCADE;
    CREATE SCHEMA kept;
    DO $$ DECLARE one record; filled boolean; BEGIN
      FOR one IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', one.name) INTO filled;
        IF filled THEN EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%1$I', one.name); END IF;
      END LOOP;
    END $$;
    CREATE TABLE kept."the sequences" AS
      SELECT sequencename AS name, last_value FROM pg_sequences WHERE schemaname = 'public';
    CREATE TABLE kept."the shape" AS {_SHAPE};
"""  # noqa: S608 - ours
_BRING_BACK = f"""
    DO $$ DECLARE one record; BEGIN
      SET LOCAL lock_timeout = '5s';
      SET LOCAL session_replication_role = replica;
      ASSERT (SELECT shape FROM kept."the shape") = (SELECT shape FROM ({_SHAPE}) now), 'another shape';
      FOR one IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM public.%I', one.name);
      END LOOP;
      FOR one IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'kept' AND tablename !~ ' ' LOOP
        EXECUTE format('INSERT INTO public.%I SELECT * FROM kept.%1$I', one.name);
      END LOOP;
      PERFORM setval(format('public.%I', name)::regclass, coalesce(last_value, 1), last_value IS NOT NULL)
      FROM kept."the sequences";
    END $$;
"""  # noqa: S608 - ours
_ALONE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Clones:
    """They are used again: one is brought back to what it was in a tenth of the time that a new one takes."""

    def __init__(self, server: Server, of: str) -> None:
        self._server, self._of = server, of
        self._free: list[str] = []
        self._uses: Counter[str] = Counter()
        with psycopg.connect(server.url(of), autocommit=True) as connection:
            connection.execute(_KEEP)

    def take(self) -> str:
        """The name of one that nobody uses."""
        name = self._free.pop() if self._free else self._server.create(self._of)
        self._uses[name] += 1
        return name

    def give_back(self, name: str) -> None:
        """Whoever still uses it is thrown out. One whose tables were changed is not used again."""
        if self._uses[name] < MOST_USES and self._brought_back(name):
            self._free.append(name)
        else:
            self._server.drop(name)

    def _brought_back(self, name: str) -> bool:
        try:
            with psycopg.connect(self._server.url(name), autocommit=True) as connection:
                connection.execute(_ALONE)
                connection.execute(_BRING_BACK)
        except psycopg.Error:
            return False
        return True
