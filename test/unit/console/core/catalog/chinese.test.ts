import { describe, expect, it } from 'vitest';
import { inChinese } from '../../../../../services/console/core/catalog/chinese/say.ts';

describe('a sentence about a catalogue', () => {
  it.each([
    [
      'spec.grains[0] must be one of minute, hour, day',
      'spec.grains[0] 须为以下之一：minute, hour, day',
    ],
    ['apiVersion must be tidemark/v1, not "v2"', 'apiVersion 须为 tidemark/v1，而不是 "v2"'],
    [
      'spec.locale must be a string, not 5: put it in quotes',
      'spec.locale 须为文本，而不是 5：请加引号',
    ],
    ['the document must be an object, not []', '此文档须为对象，而不是 []'],
    ['must be a condition', '须为条件'],
    [
      'spec.dimensions.metric has a name that is not possible: is a name that metrics give their own labels',
      'spec.dimensions.metric 的名称不可用：是指标自身标签所用的名称',
    ],
    [
      'a dimension must be a string, number or boolean, not a timestamp',
      '维度须为文本、数字或布尔值，而不是时间',
    ],
    ['there is no Metric nett; did you mean net?', '没有指标 nett；是否指 net？'],
    ['there is no kind Metrc; did you mean Metric?', '没有类型 Metrc；是否指 Metric？'],
    ['there is no amont; there are data, id', '没有 amont；可用的有 data, id'],
    ['net is kept by [] [store], not by [shop]', 'net 按 [] [store] 保存，没有按 [shop]'],
  ])('%s', (english, chinese) => {
    expect(inChinese(english)).toBe(chinese);
  });

  it('leaves names as they are, also those that are words elsewhere', () => {
    expect(inChinese('there is no Metric none')).toBe('没有指标 none');
    expect(inChinese('there is no Person Team')).toBe('没有人员 Team');
  });

  it('that nobody has said in Chinese is not made up', () => {
    expect(inChinese('All collection items must be odd')).toBeUndefined();
  });
});
