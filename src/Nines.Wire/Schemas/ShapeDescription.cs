using System.Globalization;
using System.Text;

namespace Nines.Wire.Schemas;

/// <summary>
/// Values as text for people and logs: <c>RunInstancesRequest { ImageId = ami-1, UserData = *** }</c>. What the model calls
/// sensitive is never shown, and what is long is cut.
/// </summary>
public sealed class ShapeDescription : ShapeWriter
{
    private const int MaxText = 200;
    private const int MaxLength = 4_000;

    private readonly StringBuilder _text = new();
    private readonly Stack<(string Separator, bool Named)> _outer = new();
    private string _separator = "";
    private int _hidden;
    private bool _named = true;

    private ShapeDescription()
    {
    }

    /// <summary>Describes a value.</summary>
    public static string Of(IShape value)
    {
        var description = new ShapeDescription();
        description._text.Append(value.GetSchema().Name);
        description.Enter(" { ", named: true);
        value.WriteMembers(description);
        description.Leave(" }");
        return description._text.ToString();
    }

    /// <inheritdoc/>
    public override void WriteBoolean(Member member, bool value) => Show(member, value ? "true" : "false");

    /// <inheritdoc/>
    public override void WriteInteger(Member member, int value) => Show(member, value.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public override void WriteLong(Member member, long value) => Show(member, value.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public override void WriteFloat(Member member, float value) => Show(member, value.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public override void WriteDouble(Member member, double value) => Show(member, value.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public override void WriteString(Member member, string value) => Show(member, value.Length <= MaxText ? value : value[..MaxText] + "...");

    /// <inheritdoc/>
    public override void WriteBlob(Member member, ReadOnlyMemory<byte> value) => Show(member, string.Create(CultureInfo.InvariantCulture, $"({value.Length} bytes)"));

    /// <inheritdoc/>
    public override void WriteTimestamp(Member member, DateTimeOffset value) => Show(member, value.ToString("O", CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public override void BeginStructure(Member member) => Begin(member, "{ ", named: true);

    /// <inheritdoc/>
    public override void EndStructure(Member member) => Leave(" }");

    /// <inheritdoc/>
    public override void BeginList(Member member, int count) => Begin(member, "[", named: false);

    /// <inheritdoc/>
    public override void EndList(Member member) => Leave("]");

    /// <inheritdoc/>
    public override void BeginMap(Member member, int count) => Begin(member, "[", named: false);

    /// <inheritdoc/>
    public override void BeginEntry(Member member, string key)
    {
        if (!Silent)
        {
            _text.Append(_separator).Append(key).Append(": ");
            _separator = "";
        }
    }

    /// <inheritdoc/>
    public override void EndEntry(Member member) => _separator = ", ";

    /// <inheritdoc/>
    public override void EndMap(Member member) => Leave("]");

    // Inside something sensitive, or long enough already.
    private bool Silent => _hidden > 0 || _text.Length > MaxLength;

    private void Begin(Member member, string open, bool named)
    {
        if (Silent || member.Sensitive)
        {
            Show(member, "");
            _hidden++;
            return;
        }

        Name(member);
        Enter(open, named);
    }

    private void Enter(string open, bool named)
    {
        _outer.Push((_separator, _named));
        _text.Append(open);
        (_separator, _named) = ("", named);
    }

    private void Leave(string close)
    {
        if (_hidden > 0)
        {
            _hidden--;
            return;
        }

        _text.Append(close);
        (_, _named) = _outer.Pop();
        _separator = ", ";
    }

    private void Show(Member member, string value)
    {
        if (!Silent)
        {
            Name(member);
            _text.Append(member.Sensitive ? "***" : value);
            _separator = ", ";
        }
    }

    private void Name(Member member)
    {
        _text.Append(_separator);
        if (_named)
        {
            _text.Append(member.Name).Append(" = ");
        }
    }
}
