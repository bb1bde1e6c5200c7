using System.Text;
using Nines.Wire.Schemas;
using Nines.Wire.Text;

namespace Nines.Wire.Rest;

/// <summary>Reads the members that are bound to path, query, headers, status, or to the raw body.</summary>
internal sealed class BoundValues(RestMessage message) : TextShapeReader
{
    private Member? _map;
    private List<KeyValuePair<string, string>> _values = [];
    private int _next;
    private string? _current;
    private bool _rawBody;

    // Set between a key of a map of lists and its first item.
    private bool _fresh;

    /// <summary>Whether the message has the member; it is then the next to be read.</summary>
    public bool Has(Member member)
    {
        _rawBody = false;
        _map = null;
        _current = null;
        _next = 0;
        _values = Find(member);
        return _values.Count > 0;
    }

    /// <summary>Whether the message has the member that is the whole body; it is then the next to be read.</summary>
    public bool HasPayload(Member member)
    {
        _rawBody = true;
        return !message.Body.IsEmpty || member.Type is ShapeType.Blob;
    }

    public override ReadOnlyMemory<byte> ReadBlob(Member member) => _rawBody ? message.Body : base.ReadBlob(member);

    public override void BeginList(Member member)
    {
        // In a map of lists each value is the list of one key's values.
        if (_map is not null)
        {
            return;
        }

        if (member.Location == MemberLocation.Header)
        {
            _values = [.. HeaderList.Split(_values[0].Value, member.Item!.Type).Select(text => new KeyValuePair<string, string>("", text))];
        }
    }

    public override bool NextItem()
    {
        // In a map of lists the list ends where the next key begins.
        if (_next == _values.Count || (_map is not null && !_fresh && _values[_next].Key != _values[_next - 1].Key))
        {
            return false;
        }

        _fresh = false;
        _current = _values[_next++].Value;
        return true;
    }

    public override void BeginMap(Member member) => _map = member;

    public override string? NextKey()
    {
        if (_next == _values.Count)
        {
            _map = null;
            return null;
        }

        var (key, value) = _values[_next];
        if (_map!.Value!.Type == ShapeType.List)
        {
            _fresh = true;
        }
        else
        {
            _next++;
        }

        _current = value;
        return key;
    }

    public override void BeginStructure(Schema schema) => throw new NotSupportedException();

    public override Member? NextMember() => throw new NotSupportedException();

    protected override string Text(Member member)
    {
        if (_rawBody)
        {
            return Encoding.UTF8.GetString(message.Body.Span);
        }

        var text = _current ?? _values[0].Value;
        if (!member.JsonValue)
        {
            return text;
        }

        return ScalarText.ParseBlob(text) is { } json ? Encoding.UTF8.GetString(json) : throw Invalid(member, text);
    }

    protected override AwsException Invalid(Member member, string text) => message.Malformed($"{member.Name} is not {ScalarText.Describe(member.Type)}.");

    private List<KeyValuePair<string, string>> Find(Member member) => member.Location switch
    {
        MemberLocation.Uri => message.Labels.TryGetValue(member.WireName, out var label) ? [new("", label)] : [],
        MemberLocation.StatusCode => [new("", message.Status.ToString(System.Globalization.CultureInfo.InvariantCulture))],
        MemberLocation.Header => message.Headers.Find(member.WireName) is { } header ? [new("", header)] : [],
        MemberLocation.HeaderPrefix => [.. message.Headers
            .Where(header => header.Key.StartsWith(member.LocationName ?? "", StringComparison.OrdinalIgnoreCase))
            .Select(header => new KeyValuePair<string, string>(header.Key[(member.LocationName ?? "").Length..], header.Value))],
        MemberLocation.QueryString when member.Type == ShapeType.Map => [.. message.Parameters!.All
            .Where(pair => !IsBound(pair.Key))
            .GroupBy(pair => pair.Key, StringComparer.Ordinal)
            .SelectMany(group => group)],
        MemberLocation.QueryString => [.. message.Parameters!.All.Where(pair => pair.Key == member.WireName)],
        _ => [],
    };

    private bool IsBound(string parameter)
    {
        foreach (var member in message.Schema.Members)
        {
            if (member.Location == MemberLocation.QueryString && member.Type != ShapeType.Map && member.WireName == parameter)
            {
                return true;
            }
        }

        return message.FixedQuery.Any(pair => pair.Key == parameter) || parameter.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase);
    }
}
