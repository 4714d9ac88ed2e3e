import { authorization, ApiError, refuseAccess } from './api.ts';

/**
 * Saves what the API answers as a file, under the name that it gives. Not a plain link: that would bring no token.
 * @throws ApiError
 */
export async function download(path: string): Promise<void> {
  const response = await fetch(path, { headers: authorization() }).catch(() => {
    throw new ApiError(0, 'unreachable', '');
  });
  if (response.status === 401) refuseAccess();
  if (!response.ok) {
    const { code = 'unknown', detail = response.statusText } = (await response
      .json()
      .catch(() => ({}))) as { code?: string; detail?: string };
    throw new ApiError(response.status, code, detail);
  }
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name ?? 'values';
  link.click();
  URL.revokeObjectURL(url);
}
