using System.Globalization;
using Nines.Wire.Schemas;

namespace Nines.Wire.Text;

/// <summary>A writer of a format whose scalars are all text and whose speed does not matter: query parameters, headers.</summary>
internal abstract class TextShapeWriter : ShapeWriter
{
    /// <summary>Takes the text of a value.</summary>
    protected abstract void Text(Member member, string text);

    /// <summary>The format of timestamps that the model leaves to the protocol.</summary>
    protected abstract TimestampFormat DefaultFormat(Member member);

    public override void WriteBoolean(Member member, bool value) => Text(member, ScalarText.Format(value));

    public override void WriteInteger(Member member, int value) => Text(member, value.ToString(CultureInfo.InvariantCulture));

    public override void WriteLong(Member member, long value) => Text(member, value.ToString(CultureInfo.InvariantCulture));

    public override void WriteFloat(Member member, float value) => Text(member, ScalarText.Format(value));

    public override void WriteDouble(Member member, double value) => Text(member, ScalarText.Format(value));

    public override void WriteString(Member member, string value) => Text(member, value);

    public override void WriteBlob(Member member, ReadOnlyMemory<byte> value) => Text(member, Convert.ToBase64String(value.Span));

    public override void WriteTimestamp(Member member, DateTimeOffset value) =>
        Text(member, TimestampText.Format(value, member.TimestampFormat == TimestampFormat.Default ? DefaultFormat(member) : member.TimestampFormat));
}
