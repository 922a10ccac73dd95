// Stands for your own search call. Owns the request to Trieve; runs in the page.

const { url, dataset, apiKey } = JSON.parse(document.getElementById("demo-config")?.textContent ?? "{}");

/** @returns {Promise<{ id: string, chunks: { chunk: any }[], total_pages: number }>} */
export async function search(query, page = 1, pageSize = 6) {
  const response = await fetch(`${url}/api/chunk/search`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "TR-Dataset": dataset, Authorization: apiKey },
    body: JSON.stringify({
      query,
      page,
      page_size: pageSize,
      search_type: "fulltext",
      get_total_pages: true,
    }),
  });
  if (!response.ok) throw new Error(`The search responded ${response.status}.`);
  return response.json();
}
