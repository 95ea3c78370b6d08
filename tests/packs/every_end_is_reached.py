"""Every pack with walks: all of them pass, in English and in Arabic, and reach every end of every process."""
import os
import subprocess
import sys

PROGRAM, ROOT = sys.argv[1:3]
PACKS = os.path.join(ROOT, 'packs')
count = failed = 0
for pack in sorted(os.listdir(PACKS)):
    if not os.path.isdir(os.path.join(PACKS, pack, 'walks')):
        continue
    for language in ('en', 'ar'):
        done = subprocess.run([PROGRAM, 'pack', 'walk', os.path.join(PACKS, pack), '--language', language],
                              capture_output=True, text=True, timeout=300, check=False)
        count += 1
        failed += done.returncode != 0
        print('%s %d - %s in %s' % ('not ok' if done.returncode else 'ok', count, pack, language))
        for line in (done.stdout + done.stderr).splitlines():
            if done.returncode or 'walks,' in line:
                print('#', line)
print('1..%d' % count)
sys.exit(1 if failed or not count else 0)
