using Nines.Wire.Signing;

namespace Nines.Wire.Tests.Signing;

/// <summary>Headers in memory; a name may repeat.</summary>
internal sealed class HeaderList(params (string Name, string Value)[] headers) : IRequestHeaders
{
    public IEnumerable<string> Names => headers.Select(header => header.Name);

    public string? Find(string name)
    {
        var values = headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value.Trim()).ToArray();
        return values.Length == 0 ? null : string.Join(',', values);
    }

    /// <summary>The same headers and more.</summary>
    public HeaderList With(params (string Name, string Value)[] more) =>
        new([.. headers.Where(header => !more.Any(other => other.Name.Equals(header.Name, StringComparison.OrdinalIgnoreCase))), .. more]);
}
